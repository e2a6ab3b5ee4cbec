import { EstimatePlot } from "@/charts/estimates";
import { useNumbers } from "@/charts/use-numbers";
import { useWords } from "@/charts/words";
import { Table } from "@/ui/Table";

import type { ModelFileReport } from "./report";

const OUTSIDE = new Set(["custom", "dangerous"]);

interface ImportsPartProps {
  imports: ModelFileReport["facts"]["imports"];
  namespace: string;
}

/** What Python would import, by kind. */
export function ImportsPart({ imports, namespace }: ImportsPartProps) {
  const say = useWords(namespace);
  const numbers = useNumbers();
  const kinds = [...new Set(imports.map((i) => i.kind))]
    .map((kind) => ({ kind, names: imports.filter((i) => i.kind === kind) }))
    .toSorted((a, b) => b.names.length - a.names.length);
  const bad = imports.filter((i) => OUTSIDE.has(i.kind)).length;
  return (
    <>
      <EstimatePlot
        mark="bar"
        caption={say(bad > 0 ? "imports.warn" : "imports.caption", {
          n: numbers.count(imports.length),
          bad: numbers.count(bad),
          kind: say(`kinds.${kinds[0]?.kind}`),
        })}
        computed={say("imports.computed")}
        rows={kinds.map(({ kind, names }) => ({
          label: say(`kinds.${kind}`),
          estimates: [{ value: names.length, low: null, high: null, n: names.length, method: "none" }],
          extra: [numbers.count(names.reduce((sum, name) => sum + name.calls, 0))],
          marked: OUTSIDE.has(kind),
        }))}
        extra={[say("imports.calls")]}
        unit="count"
        rowTitle={say("imports.kind")}
        valueTitle={say("imports.value")}
      />
      <details className="text-sm">
        <summary className="cursor-pointer text-accent-ink">{say("imports.list")}</summary>
        <Table
          label={say("imports.label")}
          dense
          className="mt-2 max-h-80 overflow-y-auto rounded-lg border border-line"
          rows={imports}
          rowKey={(i) => i.name}
          columns={[
            {
              id: "name",
              header: say("safety.name"),
              rowHeader: true,
              className: "font-mono text-xs break-all",
              cell: (i) => i.name,
            },
            { id: "kind", header: say("imports.kind"), cell: (i) => say(`kinds.${i.kind}`) },
            { id: "calls", header: say("imports.calls"), numeric: true, cell: (i) => numbers.count(i.calls) },
            {
              id: "offset",
              header: say("safety.offset"),
              numeric: true,
              cell: (i) => numbers.count(i.offset),
            },
          ]}
        />
      </details>
    </>
  );
}
