import type { Estimate } from "@/api/types";
import type { Numbers } from "@/charts/numbers";
import { useNumbers } from "@/charts/use-numbers";
import { type Say, useWords } from "@/charts/words";
import { useCatalogue } from "@/i18n/useCatalogue";
import { Table } from "@/ui/Table";

import { mainTestOf, valueOf } from "./measures";
import type { ColumnDrift, DriftReport } from "./report";

/** Every measure of every feature, and the features that were not compared. */
export function ColumnTable({ report, namespace }: { report: DriftReport; namespace: string }) {
  const say = useWords(namespace);
  const numbers = useNumbers();
  const { say: shared } = useCatalogue();
  const title = (id: string) => say(`table.${id}`);
  const value = (e: Estimate | null) => (e ? numbers.format(e.value, "number", 3) : "–");
  const rows = report.features.toSorted((a, b) => valueOf(b.psi) - valueOf(a.psi));
  const measure = (id: "psi" | "jensen_shannon" | "ks" | "wasserstein" | "cramer_v") => ({
    id,
    header: say(`short.${id}`),
    numeric: true,
    cell: (c: ColumnDrift) => value(c[id]),
  });
  return (
    <>
      <Table
        label={title("label")}
        dense
        className="max-h-[32rem] overflow-y-auto rounded-lg border border-line"
        rows={rows}
        rowKey={(c) => c.name}
        columns={[
          {
            id: "feature",
            header: title("feature"),
            rowHeader: true,
            className: "font-medium",
            cell: (c) => c.name,
          },
          measure("psi"),
          measure("jensen_shannon"),
          measure("ks"),
          measure("cramer_v"),
          measure("wasserstein"),
          {
            id: "p",
            header: title("p"),
            numeric: true,
            cell: (c) => numbers.format(mainTestOf(c)?.p_adjusted, "p"),
          },
          {
            id: "moved",
            header: title("moved"),
            numeric: true,
            cell: (c) => numbers.format(c.moved, "share", 1),
          },
          {
            id: "remarks",
            header: title("remarks"),
            className: "min-w-56 whitespace-normal text-ink-muted",
            cell: (c) => remarks(c, say, numbers).join("; "),
          },
        ]}
      />
      {report.not_compared.length > 0 && (
        <p className="text-sm text-ink-muted">
          {say("table.notCompared", {
            features: report.not_compared
              .map((n) => `${n.feature} (${shared(`reasons.${n.reason}`)})`)
              .join(", "),
          })}
        </p>
      )}
    </>
  );
}

function remarks(c: ColumnDrift, say: Say, numbers: Numbers): string[] {
  const said: string[] = [];
  if (c.type_changed) said.push(say("remarks.type"));
  const [before, after] = c.missing.shares;
  if (before !== after) {
    said.push(
      say("remarks.missing", {
        before: numbers.format(before, "share"),
        after: numbers.format(after, "share"),
      }),
    );
  }
  if ((c.new_categories?.value ?? 0) > 0) {
    said.push(
      say("remarks.new", {
        share: numbers.format(c.new_categories?.value, "share"),
        names: c.new_names
          .slice(0, 5)
          .map(([name, rows]) => `${name} (${numbers.count(rows)})`)
          .join(", "),
      }),
    );
  }
  if ((c.out_of_range?.value ?? 0) > 0) {
    said.push(
      say("remarks.range", {
        share: numbers.format(c.out_of_range?.value, "share"),
        low: numbers.format(c.range?.[0], "number"),
        high: numbers.format(c.range?.[1], "number"),
      }),
    );
  }
  return said;
}
