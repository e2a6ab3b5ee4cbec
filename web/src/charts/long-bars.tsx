import { scaleLinear } from "@visx/scale";

import type { Estimate } from "@/api/types";

import { X_AXIS, XAxis } from "./axes";
import { LimitLine, markedLegend, twin } from "./estimates";
import { Figure, type FigureWords, type Mark } from "./figure";
import type { LegendItem } from "./legend";
import { type Limit, limitLegend, STRONG, TEXT, twoLines, Whisker } from "./marks";
import { digitsOf, type Unit } from "./numbers";
import { useNumbers } from "./use-numbers";
import { useChartWords } from "./words";

export interface LongRow {
  /** A name of several words, which stands above its bar. */
  label: string;
  estimate: Estimate;
  /** Drawn in the second colour. */
  marked?: boolean;
  /** Cells after the estimate's in the table twin. */
  extra?: string[];
}

interface LongBarsProps extends FigureWords {
  rows: LongRow[];
  unit: Unit;
  rowTitle: string;
  valueTitle: string;
  extra?: string[];
  limits?: Limit[];
  markedLabel?: string;
  /** How many rows are drawn; the table has all. */
  first?: number;
}

/** Names stay readable where lines of the axis pass behind them. */
const OVER_LINES = {
  paintOrder: "stroke",
  stroke: "var(--surface)",
  strokeWidth: 4,
  strokeLinejoin: "round",
} as const;

const LINE = 15;
const BAR = 12;

/** Bars with intervals whose names are whole phrases: each stands above its bar, so that it is read on any width. */
export function LongBars(props: LongBarsProps) {
  const { rows: all, unit, rowTitle, valueTitle, extra = [], limits = [], markedLabel, note } = props;
  const numbers = useNumbers();
  const say = useChartWords();
  const rows = all.slice(0, props.first ?? all.length);
  const cut = say("firstShown", { shown: numbers.count(rows.length), all: numbers.count(all.length) });
  const digits = digitsOf(
    all.map((r) => r.estimate),
    unit,
  );
  const legend: LegendItem[] = [
    ...markedLegend(markedLabel, rows),
    ...limitLegend(limits, unit, numbers, say),
  ];
  return (
    <Figure
      {...props}
      note={rows.length < all.length ? [note, cut].filter(Boolean).join(" ") : note}
      legend={legend}
      nearest="y"
      table={twin({ rows: all.map((row) => ({ ...row, estimates: [row.estimate] })), unit }, numbers, {
        row: rowTitle,
        series: null,
        value: valueTitle,
        interval: say("intervalTitle"),
        n: say("n"),
        extra,
      })}
      draw={(width) => {
        const right = 64;
        const x = scaleLinear<number>({
          domain: reach(rows, limits),
          range: [20, Math.max(60, Math.min(width, 820) - right)],
          nice: true,
        });
        const clamp = (v: number) => Math.min(x.range()[1]!, Math.max(x.range()[0]!, x(v)));
        const marks: Mark[] = [];
        let y = 0;
        const body = rows.map((row, i) => {
          const { estimate: e } = row;
          const lines = twoLines(row.label, width - 8);
          const middle = y + lines.length * LINE + BAR / 2 + 3;
          const top = y;
          y = middle + BAR / 2 + 10;
          const colour = row.marked ? "var(--chart-2)" : "var(--chart-1)";
          const at = clamp(e.value ?? 0);
          const zero = clamp(0);
          marks.push({ x: at, y: middle, row: i });
          return (
            <g key={row.label}>
              <text x={2} y={top + 11} className={TEXT} {...OVER_LINES}>
                {lines.map((line, l) => (
                  <tspan key={line} x={2} dy={l === 0 ? 0 : LINE}>
                    {line}
                  </tspan>
                ))}
              </text>
              {e.value === null ? (
                <text x={zero + 4} y={middle} dy="0.32em" className="fill-ink-faint text-xs italic">
                  {numbers.estimate(e, unit)}
                </text>
              ) : (
                <>
                  <rect
                    x={Math.min(zero, at)}
                    y={middle - BAR / 2}
                    width={Math.max(1, Math.abs(at - zero))}
                    height={BAR}
                    rx={2}
                    fill={colour}
                    fillOpacity={0.5}
                    stroke={colour}
                  />
                  {e.low !== null && e.high !== null && (
                    <Whisker low={clamp(e.low)} high={clamp(e.high)} y={middle} colour="var(--ink)" />
                  )}
                  <text
                    x={Math.min(width, 820) - 2}
                    y={middle}
                    dy="0.32em"
                    textAnchor="end"
                    className={STRONG}
                  >
                    {unit === "points"
                      ? numbers.tick(e.value, unit, digits)
                      : numbers.format(e.value, unit, digits)}
                  </text>
                </>
              )}
            </g>
          );
        });
        return {
          height: y + X_AXIS,
          marks,
          body: (
            <>
              <XAxis scale={x} unit={unit} numbers={numbers} title={valueTitle} top={y} height={y} />
              {limits.map((limit) => (
                <LimitLine key={`${limit.kind}${limit.value}`} limit={limit} x={x} height={y} />
              ))}
              {body}
            </>
          ),
        };
      }}
    />
  );
}

function reach(rows: LongRow[], limits: Limit[]): [number, number] {
  const values = rows.flatMap(({ estimate: e }) =>
    [e.value, e.low, e.high].filter((v): v is number => v !== null),
  );
  const all = [0, ...values, ...limits.map((l) => l.value)];
  const [low, high] = [Math.min(...all), Math.max(...all)];
  return low === high ? [low, low + 1e-9] : [low, high];
}
