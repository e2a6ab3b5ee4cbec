import {
  createMemoryHistory,
  createRootRoute,
  createRoute,
  createRouter,
  RouterProvider,
} from "@tanstack/react-router";
import type { ReactElement } from "react";

/** A component inside a router that knows every address, for links; the address is `path`. */
export function WithRouter({ children, path = "/" }: { children: ReactElement; path?: string }) {
  const root = createRootRoute();
  const any = createRoute({ getParentRoute: () => root, path: "$", component: () => children });
  const index = createRoute({ getParentRoute: () => root, path: "/", component: () => children });
  const router = createRouter({
    routeTree: root.addChildren([index, any]),
    history: createMemoryHistory({ initialEntries: [path] }),
  });
  return <RouterProvider router={router as never} />;
}
