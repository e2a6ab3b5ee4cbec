import { LongBars } from "@/charts/long-bars";
import { useNumbers } from "@/charts/use-numbers";
import { useWords } from "@/charts/words";
import { sliceWords } from "@/features/results/slice-words";
import { useCatalogue } from "@/i18n/useCatalogue";

import type { SlicesReport } from "./report";

interface ConfidencePartProps {
  confidence: SlicesReport["confidence"];
  namespace: string;
}

/** Where the top probability is too high (right of 0) or too low. */
export function ConfidencePart({ confidence, namespace }: ConfidencePartProps) {
  const say = useWords(namespace);
  const numbers = useNumbers();
  const catalogue = useCatalogue();
  const sorted = confidence.toSorted((a, b) => (b.gap.value ?? 0) - (a.gap.value ?? 0));
  const sure = sorted.filter((c) => c.confirmed);
  const worst = sure.toSorted((a, b) => Math.abs(b.gap.value ?? 0) - Math.abs(a.gap.value ?? 0))[0];
  return (
    <LongBars
      caption={
        worst
          ? say(worst.kind === "over" ? "confidence.over" : "confidence.under", {
              slice: sliceWords(worst.predicates, numbers, catalogue),
              probability: numbers.format(worst.probability, "share", 1),
              hits: numbers.estimate(worst.hits, "share"),
            })
          : say("confidence.none")
      }
      computed={say("confidence.computed")}
      rows={sorted.map((c) => ({
        label: sliceWords(c.predicates, numbers, catalogue),
        estimate: c.gap,
        marked: c.confirmed,
        extra: [
          numbers.format(c.probability, "share", 1),
          numbers.estimate(c.hits, "share"),
          numbers.format(c.q, "p"),
          numbers.format(c.share, "share", 1),
        ],
      }))}
      extra={[say("confidence.probability"), say("confidence.hits"), say("weak.q"), say("weak.share")]}
      markedLabel={say("weak.confirmed")}
      unit="points"
      rowTitle={say("slice")}
      valueTitle={say("confidence.value")}
    />
  );
}
