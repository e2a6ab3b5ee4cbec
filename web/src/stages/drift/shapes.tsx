import { useState } from "react";

import type { Finding } from "@/api/types";
import { digitsFor, type Numbers } from "@/charts/numbers";
import { type OverlayPanel, Overlays } from "@/charts/overlay";
import { useNumbers } from "@/charts/use-numbers";
import { type Say, useChartWords, useWords } from "@/charts/words";
import { Button } from "@/ui/Button";

import { drifts, mainOf, mainTestOf, valueOf } from "./measures";
import type { Bin, ColumnDrift } from "./report";

const FIRST = 12;

interface ShapesProps {
  columns: ColumnDrift[];
  findings: Finding[];
  namespace: string;
  /** Target and predictions instead of features: their names. */
  outputs?: string[];
}

/** Both tables' distributions of each column, the farthest first. */
export function Shapes({ columns, findings, namespace, outputs }: ShapesProps) {
  const say = useWords(namespace);
  const chart = useChartWords();
  const numbers = useNumbers();
  const [all, setAll] = useState(false);
  const sorted = outputs ? columns : columns.toSorted((a, b) => valueOf(b.psi) - valueOf(a.psi));
  const top = sorted[0];
  const caption = outputs
    ? outputsCaption(columns, outputs, say, numbers)
    : say("shapes.caption", {
        feature: top?.name ?? "",
        moved: numbers.format(top?.moved, "share"),
      });
  return (
    <div className="flex flex-col items-start gap-3 [&>figure]:w-full">
      <Overlays
        caption={caption}
        note={outputs ? undefined : say("shapes.note")}
        computed={say(outputs ? "outputs.computed" : "shapes.computed")}
        series={[say("reference"), say("audited")]}
        panelTitle={say(outputs ? "outputs.what" : "table.feature")}
        barTitle={say("shapes.bar")}
        panels={(all ? sorted : sorted.slice(0, FIRST)).map((column, i) =>
          panel(column, {
            say,
            chart,
            numbers,
            marked: !outputs && drifts(column, findings),
            title: outputs?.[i] ?? column.name,
            outputs: outputs !== undefined,
          }),
        )}
      />
      {sorted.length > FIRST && (
        <Button size="sm" onPress={() => setAll(!all)}>
          {all
            ? say("shapes.fewer", { count: numbers.count(FIRST) })
            : say("shapes.all", { count: numbers.count(sorted.length) })}
        </Button>
      )}
    </div>
  );
}

function outputsCaption(columns: ColumnDrift[], names: string[], say: Say, numbers: Numbers): string {
  return columns
    .map((column, i) => {
      const main = mainOf(column);
      return say("outputs.caption", {
        name: names[i] ?? column.name,
        measure: say(column.ks ? "measures.ks" : "measures.cramer_v"),
        value: main ? numbers.estimate(main, "number", 3) : "–",
        p: numbers.format(mainTestOf(column)?.p_adjusted, "p"),
      });
    })
    .join(" ");
}

interface PanelWords {
  say: Say;
  chart: Say;
  numbers: Numbers;
  marked: boolean;
  title: string;
  outputs: boolean;
}

function panel(column: ColumnDrift, words: PanelWords): OverlayPanel {
  const { say, chart, numbers, marked, title, outputs } = words;
  const main = outputs ? mainOf(column) : column.psi;
  const measure = outputs ? (column.ks ? "ks" : "cramer_v") : "psi";
  const note = say("shapes.noted", {
    measure: say(`short.${measure}`),
    value: numbers.format(main?.value, "number", 3),
  });
  const { shape } = column;
  if (shape) {
    const digits = digitsFor(shape.edges, "number");
    const edge = (i: number) => numbers.format(shape.edges[i], "number", digits);
    return {
      title,
      note,
      marked,
      ordered: true,
      bars: shape.reference.map((share, i) => ({
        label: chart("interval", { low: edge(i), high: edge(i + 1) }),
        shares: [share, shape.audited[i] ?? 0],
      })),
      ends: [edge(0), edge(shape.edges.length - 1)],
    };
  }
  const bars = column.bins.map((bin) => ({ label: binName(bin, words), shares: bin.shares }));
  return { title, note, marked, ordered: false, bars, ends: [bars.map((bar) => bar.label).join(", "), ""] };
}

function binName(bin: Bin, { say, chart, numbers }: PanelWords): string {
  if (bin.kind === "category") return bin.label ?? "–";
  if (bin.kind !== "range") return say(`bins.${bin.kind}`);
  return chart("interval", {
    low: bin.low === null ? "−∞" : numbers.format(bin.low, "number"),
    high: bin.high === null ? "∞" : numbers.format(bin.high, "number"),
  });
}
