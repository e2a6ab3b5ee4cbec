import type { Numbers } from "@/charts/numbers";
import { useNumbers } from "@/charts/use-numbers";
import { type Say, useWords } from "@/charts/words";
import { Table } from "@/ui/Table";

import type { ColumnProfile } from "./report";

/** The profile of every column, with remarks in words. */
export function ColumnTable({ columns, namespace }: { columns: ColumnProfile[]; namespace: string }) {
  const say = useWords(namespace);
  const numbers = useNumbers();
  const title = (id: string) => say(`table.${id}`);
  return (
    <Table
      label={title("label")}
      dense
      className="max-h-[32rem] overflow-y-auto rounded-lg border border-line"
      rows={columns}
      rowKey={(c) => c.name}
      columns={[
        {
          id: "column",
          header: title("column"),
          rowHeader: true,
          className: "font-medium",
          cell: (c) => c.name,
        },
        { id: "kind", header: title("kind"), cell: (c) => say(`kinds.${c.kind}`) },
        { id: "role", header: title("role"), cell: (c) => say(`roles.${c.role}`) },
        {
          id: "missing",
          header: title("missing"),
          numeric: true,
          cell: (c) => numbers.format(c.missing_share, "share", 1),
        },
        { id: "distinct", header: title("distinct"), numeric: true, cell: (c) => numbers.count(c.distinct) },
        {
          id: "top",
          header: title("top"),
          numeric: true,
          cell: (c) => numbers.format(c.top_share, "share", 1),
        },
        {
          id: "outliers",
          header: title("outliers"),
          numeric: true,
          cell: (c) => (c.numbers ? numbers.count(c.numbers.outliers) : "–"),
        },
        {
          id: "remarks",
          header: title("remarks"),
          className: "min-w-56 whitespace-normal text-ink-muted",
          cell: (c) => remarks(c, say, numbers).join("; "),
        },
      ]}
    />
  );
}

/** Spellings with their cells. */
export function counted(spellings: [string, number][], numbers: Numbers): string {
  return spellings.map(([s, n]) => `“${s}” (${numbers.count(n)})`).join(", ");
}

export function remarks(c: ColumnProfile, say: Say, numbers: Numbers): string[] {
  const said: [boolean, string][] = [
    [c.constant, say("remarks.constant")],
    [c.near_constant, say("remarks.nearConstant")],
    [c.identifier, say("remarks.identifier")],
    [c.high_cardinality, say("remarks.highCardinality")],
    [c.numeric_like > 0, say("remarks.numericLike", { n: numbers.count(c.numeric_like) })],
    [c.null_spellings.length > 1, say("remarks.nulls", { spellings: counted(c.null_spellings, numbers) })],
    [c.hidden_missing.length > 0, say("remarks.hidden", { spellings: counted(c.hidden_missing, numbers) })],
    [
      c.case_variants.length > 0,
      say("remarks.cases", { groups: c.case_variants.map((g) => g.join(" = ")).join("; ") }),
    ],
    [c.symbols_only > 0, say("remarks.symbols", { n: numbers.count(c.symbols_only) })],
    [(c.numbers?.infinite ?? 0) > 0, say("remarks.infinite", { n: numbers.count(c.numbers?.infinite ?? 0) })],
  ];
  return said.flatMap(([is, words]) => (is ? [words] : []));
}
