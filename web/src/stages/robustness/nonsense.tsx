import { LongBars } from "@/charts/long-bars";
import { useNumbers } from "@/charts/use-numbers";
import { useWords } from "@/charts/words";
import { useCatalogue } from "@/i18n/useCatalogue";

import type { Nonsense, RobustnessReport } from "./report";

const FIRST = 12;

/** Rows that make no sense: how many the model answers as if nothing were wrong. */
export function NonsensePart({ report, namespace }: { report: RobustnessReport; namespace: string }) {
  const say = useWords(namespace);
  const numbers = useNumbers();
  const { say: word } = useCatalogue();
  const silent = report.silent_acceptance;
  const sorted = report.nonsense.toSorted((a, b) => (b.silent.value ?? -1) - (a.silent.value ?? -1));
  const name = (n: Nonsense) => `${n.features.join(" ↔ ")}: ${word(`nonsenses.${n.kind}`)}`;
  if (!silent) return <p className="text-base font-medium">{say("nonsense.none")}</p>;
  const refused = report.nonsense.filter((n) => n.refused).length;
  return (
    <LongBars
      caption={say("nonsense.caption", {
        share: numbers.estimate(silent, "share"),
        cases: numbers.count(report.nonsense.length),
        refused: numbers.count(refused),
      })}
      note={
        report.swaps_left_out > 0
          ? say("nonsense.leftOut", { n: numbers.count(report.swaps_left_out) })
          : undefined
      }
      computed={say("nonsense.computed")}
      rows={sorted.map((n) => ({
        label: name(n),
        estimate: n.silent,
        extra: [
          n.refused ? say("nonsense.yes") : say("nonsense.no"),
          n.refused ? "–" : numbers.estimate(n.drop, "number"),
          numbers.format(n.flip_rate, "share", 1),
        ],
      }))}
      first={FIRST}
      extra={[say("nonsense.refused"), say("nonsense.drop"), say("features.flips")]}
      unit="share"
      rowTitle={say("nonsense.case")}
      valueTitle={say("nonsense.value")}
    />
  );
}
