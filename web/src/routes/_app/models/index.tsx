import { createFileRoute } from "@tanstack/react-router";

import { FilesPage } from "@/features/uploads/FilesPage";

export const Route = createFileRoute("/_app/models/")({ component: Page });

function Page() {
  const navigate = Route.useNavigate();
  return (
    <FilesPage kind="models" onReady={({ id }) => void navigate({ to: "/models/$id", params: { id } })} />
  );
}
