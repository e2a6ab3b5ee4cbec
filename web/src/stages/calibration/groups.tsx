import { EstimatePlot } from "@/charts/estimates";
import { useNumbers } from "@/charts/use-numbers";
import { useWords } from "@/charts/words";

import type { CalibrationReport } from "./report";

interface GroupsPartProps {
  groups: CalibrationReport["groups"];
  namespace: string;
}

/** Truth against probability within each protected group. */
export function GroupsPart({ groups, namespace }: GroupsPartProps) {
  const say = useWords(namespace);
  const numbers = useNumbers();
  const known = groups.filter((g) => g.mean_gap.value !== null);
  const worst = known.toSorted(
    (a, b) => Math.abs(b.mean_gap.value ?? 0) - Math.abs(a.mean_gap.value ?? 0),
  )[0];
  return (
    <EstimatePlot
      mark="dot"
      caption={say("groups.caption", {
        attribute: worst?.attribute ?? "–",
        group: worst?.group ?? "–",
        gap: worst ? numbers.estimate(worst.mean_gap, "points") : "–",
      })}
      note={say("groups.note")}
      computed={say("groups.computed")}
      rows={groups.map((g) => ({
        label: `${g.attribute} = ${g.group}`,
        estimates: [g.mean_gap],
        extra: [
          numbers.estimate(g.ece_mass, "points"),
          numbers.estimate(g.slope, "ratio"),
          numbers.estimate(g.intercept, "ratio"),
          numbers.format(g.brier, "number", 3),
          numbers.format(g.mcb, "number", 4),
          numbers.format(g.spiegelhalter_p, "p"),
        ],
      }))}
      extra={["ece", "slope", "intercept", "brier", "mcb", "p"].map((id) => say(`groups.${id}`))}
      unit="points"
      rowTitle={say("groups.row")}
      valueTitle={say("groups.value")}
      limits={[{ kind: "reference", value: 0 }]}
    />
  );
}
