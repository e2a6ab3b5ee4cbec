import { EstimatePlot } from "@/charts/estimates";
import { useNumbers } from "@/charts/use-numbers";
import { useWords } from "@/charts/words";

import type { ReasonCodes } from "./report";

const FIRST = 12;

/** Which features weigh most against people whose decision is not the favourable one. */
export function ReasonPart({ reasons, namespace }: { reasons: ReasonCodes; namespace: string }) {
  const say = useWords(namespace);
  const numbers = useNumbers();
  const [first] = reasons.features;
  if (!first) return null;
  return (
    <EstimatePlot
      mark="bar"
      caption={say("reasons.caption", {
        feature: first.feature,
        share: numbers.format(first.first.value, "share", 0),
        listed: numbers.format(first.listed.value, "share", 0),
      })}
      note={say("reasons.rows", { n: numbers.count(reasons.rows) })}
      computed={say("reasons.computed")}
      series={[say("reasons.first"), say("reasons.listed")]}
      rows={reasons.features.map((f) => ({ label: f.feature, estimates: [f.first, f.listed] }))}
      first={FIRST}
      unit="share"
      rowTitle={say("importance.feature")}
      valueTitle={say("reasons.value")}
    />
  );
}
