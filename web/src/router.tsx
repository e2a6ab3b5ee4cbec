import { QueryClient } from "@tanstack/react-query";
import { createRouter } from "@tanstack/react-router";

import { asApiError } from "./api/problem";
import { routeTree } from "./routeTree.gen";

/** No answer, or a fault of the server: the same question may be answered next time. */
function worthRetry(error: unknown): boolean {
  const { status } = asApiError(error);
  return status === 0 || status >= 500;
}

export const queryClient = new QueryClient({
  defaultOptions: { queries: { staleTime: 15_000, retry: (count, error) => count < 1 && worthRetry(error) } },
});

export const router = createRouter({
  routeTree,
  context: { queryClient },
  defaultPreload: "intent",
  defaultPreloadStaleTime: 0,
  scrollRestoration: true,
});

declare module "@tanstack/react-router" {
  interface Register {
    router: typeof router;
  }
}
