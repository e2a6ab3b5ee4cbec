import { createFileRoute, Outlet } from "@tanstack/react-router";

import { AuthLayout } from "@/features/account/AuthLayout";

export const Route = createFileRoute("/_public")({ component: PublicPage });

function PublicPage() {
  return (
    <main id="main" tabIndex={-1} className="flex flex-1 flex-col">
      <AuthLayout>
        <Outlet />
      </AuthLayout>
    </main>
  );
}
