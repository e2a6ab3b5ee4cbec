import { createFileRoute } from "@tanstack/react-router";
import * as v from "valibot";

import { AnalysesPage } from "@/features/audits/AnalysesPage";
import { stateFilters } from "@/features/audits/filters";

export const Route = createFileRoute("/_app/audits/")({
  validateSearch: v.object({
    q: v.optional(v.fallback(v.string(), "")),
    state: v.optional(v.fallback(v.picklist(stateFilters), "all")),
  }),
  component: Page,
});

function Page() {
  const { q = "", state = "all" } = Route.useSearch();
  const navigate = Route.useNavigate();
  return (
    <AnalysesPage
      q={q}
      state={state}
      onFilter={(next) =>
        void navigate({
          search: {
            ...(next.q ? { q: next.q } : {}),
            ...(next.state === "all" ? {} : { state: next.state }),
          },
          replace: true,
        })
      }
    />
  );
}
