import { useNumbers } from "@/charts/use-numbers";
import { useWords } from "@/charts/words";
import { type Column, Table } from "@/ui/Table";

import type { AttributeFairness, GroupFairness } from "./report";

const CELLS = ["tp", "fp", "fn", "tn"] as const;

/** Who is behind the rates: counts of decision and truth in each group. */
export function Counts({ attribute, namespace }: { attribute: AttributeFairness; namespace: string }) {
  const say = useWords(namespace);
  const numbers = useNumbers();
  const number = (id: string, cell: (g: GroupFairness) => string): Column<GroupFairness> => ({
    id,
    header: say(`counts.${id}`),
    numeric: true,
    cell,
  });
  return (
    <Table
      label={say("counts.label", { attribute: attribute.attribute })}
      dense
      className="rounded-lg border border-line"
      rows={attribute.groups}
      rowKey={(g) => g.group}
      columns={[
        { id: "group", header: say("rates.group"), rowHeader: true, cell: (g) => g.group },
        number("n", (g) => numbers.count(g.n)),
        number("share", (g) => numbers.format(g.share, "share", 1)),
        ...CELLS.map((id, i) => number(id, (g) => numbers.count(g.counts[i] ?? 0))),
        number("gap", (g) => numbers.estimate(g.calibration_gap, "points")),
        number("slope", (g) => numbers.estimate(g.calibration_slope, "ratio")),
        number("intercept", (g) => numbers.estimate(g.calibration_intercept, "ratio")),
        number("mcb", (g) => numbers.format(g.miscalibration, "number", 4)),
        { id: "remark", header: say("counts.remark"), cell: (g) => (g.small ? say("counts.small") : "") },
      ]}
    />
  );
}
