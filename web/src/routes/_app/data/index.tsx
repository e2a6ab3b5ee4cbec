import { createFileRoute } from "@tanstack/react-router";

import { FilesPage } from "@/features/uploads/FilesPage";

export const Route = createFileRoute("/_app/data/")({ component: Page });

function Page() {
  const navigate = Route.useNavigate();
  return (
    <FilesPage kind="datasets" onReady={({ id }) => void navigate({ to: "/data/$id", params: { id } })} />
  );
}
