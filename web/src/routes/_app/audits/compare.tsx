import { createFileRoute, Navigate } from "@tanstack/react-router";
import * as v from "valibot";

import { ComparePage } from "@/features/compare/ComparePage";
import { useFindingWords, useScopeWords } from "@/features/results/finding-words";

export const Route = createFileRoute("/_app/audits/compare")({
  validateSearch: v.object({
    old: v.optional(v.fallback(v.optional(v.string()), undefined)),
    new: v.optional(v.fallback(v.optional(v.string()), undefined)),
  }),
  component: Page,
});

function Page() {
  const { old, new: next } = Route.useSearch();
  const navigate = Route.useNavigate();
  const { title, sentence } = useFindingWords();
  const about = useScopeWords();
  if (!next) return <Navigate to="/audits" replace />;
  return (
    <ComparePage
      newId={next}
      oldId={old === next ? undefined : old}
      onChoose={(pair) => void navigate({ search: pair, resetScroll: false })}
      words={{ title, sentence, about }}
    />
  );
}
