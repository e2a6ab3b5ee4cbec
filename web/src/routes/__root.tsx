import { type QueryClient, useQuery } from "@tanstack/react-query";
import { createRootRouteWithContext, Link, Outlet, useRouter } from "@tanstack/react-router";
import { useEffect } from "react";
import { useTranslation } from "react-i18next";

import { apiBase, loadConfig } from "@/api/session";
import { Crash } from "@/features/shell/Crash";
import { Footer } from "@/features/shell/Footer";
import { buttonClass } from "@/ui/Button";
import { EmptyState } from "@/ui/EmptyState";
import { PageTitle } from "@/ui/PageTitle";

export interface RouterContext {
  queryClient: QueryClient;
}

export const Route = createRootRouteWithContext<RouterContext>()({
  component: Root,
  notFoundComponent: NotFound,
  errorComponent: ({ error }) => <Crash error={error} />,
});

function Root() {
  const { t } = useTranslation();
  const config = useQuery({ queryKey: ["config"], queryFn: loadConfig, staleTime: Infinity });
  useFocusOnRouteChange();
  return (
    <div className="flex min-h-dvh flex-col">
      <a
        href="#main"
        className="sr-only z-50 rounded-md bg-accent px-4 py-2 text-on-accent focus:not-sr-only focus:absolute focus:top-2 focus:left-2"
      >
        {t("skip")}
      </a>
      <Outlet />
      <Footer version={config.data?.version} apiDocs={`${apiBase}/docs`} />
    </div>
  );
}

/** After a change of page, the focus goes to its h1, so that screen readers read it and Tab starts there. */
function useFocusOnRouteChange() {
  const router = useRouter();
  useEffect(
    () =>
      router.subscribe("onResolved", ({ pathChanged, fromLocation }) => {
        if (!pathChanged || !fromLocation) return;
        requestAnimationFrame(() => document.querySelector("h1")?.focus({ preventScroll: true }));
      }),
    [router],
  );
}

function NotFound() {
  const { t } = useTranslation();
  return (
    <main id="main" tabIndex={-1} className="mx-auto w-full max-w-3xl flex-1 px-4 py-12">
      <PageTitle title={t("error.notFound.title")} />
      <EmptyState
        title={t("error.notFound.body")}
        action={
          <Link to="/audits" className={buttonClass("primary")}>
            {t("error.notFound.home")}
          </Link>
        }
      />
    </main>
  );
}
