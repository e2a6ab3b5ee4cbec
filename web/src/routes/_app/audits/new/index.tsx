import { createFileRoute, redirect } from "@tanstack/react-router";

export const Route = createFileRoute("/_app/audits/new/")({
  beforeLoad: () => {
    throw redirect({ to: "/audits/new/files" });
  },
});
