import { useState } from "react";

import { EstimatePlot } from "@/charts/estimates";
import { useNumbers } from "@/charts/use-numbers";
import { useWords } from "@/charts/words";
import { Segments } from "@/ui/Choice";

import type { AttributeFairness } from "./report";

const SETS = {
  decisions: ["selection_rate", "base_rate"],
  errors: ["tpr", "fpr"],
  trust: ["ppv", "npv", "false_omission_rate"],
  quality: ["accuracy", "roc_auc"],
} as const;
type SetId = keyof typeof SETS;

interface RatesProps {
  attribute: AttributeFairness;
  namespace: string;
}

/** The rates of every group with their intervals. */
export function Rates({ attribute, namespace }: RatesProps) {
  const say = useWords(namespace);
  const numbers = useNumbers();
  const [set, setSet] = useState<SetId>("decisions");
  const rates = SETS[set];
  const first = rates[0];
  const known = attribute.groups
    .filter((g) => g[first].value !== null)
    .toSorted((a, b) => (a[first].value ?? 0) - (b[first].value ?? 0));
  const [low, high] = [known[0], known.at(-1)];
  return (
    <div className="flex flex-col gap-4">
      <Segments
        label={say("rates.choose")}
        quietLabel
        size="sm"
        options={(Object.keys(SETS) as SetId[]).map((id) => ({ id, label: say(`rates.${id}`) }))}
        value={set}
        onChange={setSet}
      />
      <EstimatePlot
        mark="dot"
        caption={
          low && high && known.length > 1
            ? say("rates.caption", {
                rate: say(`rate.${first}`),
                low: numbers.estimate(low[first], "share"),
                lowGroup: low.group,
                high: numbers.estimate(high[first], "share"),
                highGroup: high.group,
              })
            : say("rates.few")
        }
        computed={say("rates.computed")}
        rows={attribute.groups.map((g) => ({ label: g.group, estimates: rates.map((rate) => g[rate]) }))}
        series={rates.map((rate) => say(`rate.${rate}`))}
        unit="share"
        rowTitle={say("rates.group")}
        valueTitle={say("rates.value")}
      />
    </div>
  );
}
