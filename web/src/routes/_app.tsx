import { useQueryClient } from "@tanstack/react-query";
import { createFileRoute, Outlet, redirect, useNavigate, useRouter } from "@tanstack/react-router";
import { useEffect } from "react";

import { currentSession, signOut, useSession } from "@/api/session";
import { Crash } from "@/features/shell/Crash";
import { Header } from "@/features/shell/Header";
import { Keyboard } from "@/features/shell/Keyboard";
import { Offline } from "@/features/shell/Offline";

export const Route = createFileRoute("/_app")({
  beforeLoad: async ({ location }) => {
    const session = await currentSession();
    if (!session) throw redirect({ to: "/sign-in", search: { next: location.href } });
  },
  component: App,
  errorComponent: ({ error, reset }) => <AppError error={error} reset={reset} />,
});

function AppError({ error, reset }: { error: unknown; reset: () => void }) {
  const router = useRouter();
  return (
    <Crash
      error={error}
      onRetry={() => {
        reset();
        void router.invalidate();
      }}
    />
  );
}

function App() {
  const session = useSession();
  const navigate = useNavigate();
  const router = useRouter();
  const queryClient = useQueryClient();
  const left = session.state === "out" ? session.left : null;

  // The session may end on the server or in another tab; signing in again then leads back to this page.
  useEffect(() => {
    if (left === null) return;
    queryClient.removeQueries({ predicate: (q) => q.queryKey[0] !== "config" });
    void navigate({ to: "/sign-in", search: left ? {} : { next: router.state.location.href } });
  }, [left, navigate, router, queryClient]);

  if (session.state !== "in") return null;
  return (
    <>
      <Header
        email={session.session.user.email ?? ""}
        onAccount={() => void navigate({ to: "/account" })}
        onSignOut={() => void signOut()}
      />
      <Keyboard onGo={(to) => void navigate({ to })} onSignOut={() => void signOut()} />
      <main id="main" tabIndex={-1} className="mx-auto w-full max-w-7xl flex-1 px-4 py-6 sm:px-6 sm:py-8">
        <Offline />
        <Outlet />
      </main>
    </>
  );
}
