import { Group } from "@visx/group";
import { scaleBand, scaleLinear } from "@visx/scale";
import { Bar } from "@visx/shape";

import type { Estimate } from "@/api/types";

import { type Linear, X_AXIS, XAxis } from "./axes";
import { Figure, type FigureWords, type Mark } from "./figure";
import type { LegendItem } from "./legend";
import {
  colourOf,
  Dot,
  type Limit,
  LIMIT_LOOK,
  limitLegend,
  shapeOf,
  RowLabel,
  STRONG,
  twoLines,
  Whisker,
} from "./marks";
import { digitsOf, type Numbers, type Unit } from "./numbers";
import type { Twin } from "./table-twin";
import { useNumbers } from "./use-numbers";
import { useChartWords } from "./words";

export interface EstimateRow {
  label: string;
  /** One a series. */
  estimates: Estimate[];
  /** Cells after the estimate's in the table twin, under `extra`. */
  extra?: string[];
  /** Drawn in the second colour: what the caption speaks of. */
  marked?: boolean;
}

interface EstimatePlotProps extends FigureWords {
  /** `bar` starts at zero; `dot` shows only where the estimate lies. */
  mark: "bar" | "dot";
  rows: EstimateRow[];
  /** Names of the series when there is more than one. */
  series?: string[];
  unit: Unit;
  /** What a row is and what the axis measures. */
  rowTitle: string;
  valueTitle: string;
  extra?: string[];
  limits?: Limit[];
  /** The axis; by default all intervals and limits. */
  domain?: [number, number];
  /** How many rows are drawn; the table has all. */
  first?: number;
  /** Legend entry of the marked rows. */
  markedLabel?: string;
}

/**
 * Estimates of named things with their intervals: bars, interval plots, and, with limits and a reference line, the
 * forest plot of group gaps. What cannot be estimated is said in words where its mark would be.
 */
export function EstimatePlot(props: EstimatePlotProps) {
  const {
    mark,
    rows: all,
    first = all.length,
    note,
    series = [],
    unit,
    rowTitle,
    valueTitle,
    extra = [],
    limits = [],
    markedLabel,
  } = props;
  const numbers = useNumbers();
  const say = useChartWords();
  const rows = all.slice(0, first);
  const cut = say("firstShown", { shown: numbers.count(rows.length), all: numbers.count(all.length) });
  const many = series.length > 1;
  const legend: LegendItem[] = [
    ...(many
      ? series.map((label, i) => ({ label, kind: "dot" as const, colour: colourOf(i), shape: shapeOf(i) }))
      : []),
    ...markedLegend(markedLabel, rows),
    ...limitLegend(limits, unit, numbers, say),
  ];
  return (
    <Figure
      {...props}
      note={rows.length < all.length ? [note, cut].filter(Boolean).join(" ") : note}
      legend={legend}
      nearest="y"
      table={twin(props, numbers, {
        row: rowTitle,
        series: many ? say("series") : null,
        value: valueTitle,
        interval: say("intervalTitle"),
        n: say("n"),
        extra,
      })}
      draw={(width) => {
        const lane = many ? 13 : 0;
        const left = Math.min(200, Math.max(88, width * 0.33));
        const broken = rows.some((row) => twoLines(row.label, left - 12).length > 1);
        const step = Math.max(broken ? 34 : 26, lane * series.length + 12);
        const right = 64;
        const height = rows.length * step;
        const y = scaleBand({ domain: rows.map((_, i) => i), range: [0, height], padding: 0.3 });
        const x = scaleLinear<number>({
          domain: props.domain ?? reach(rows, limits, mark === "bar", unit),
          range: [left, Math.max(left + 40, width - right)],
          nice: !props.domain,
        });
        const marks: Mark[] = [];
        const body = (
          <>
            <XAxis scale={x} unit={unit} numbers={numbers} title={valueTitle} top={height} height={height} />
            {rows.map((row, i) => {
              const middle = (y(i) ?? 0) + y.bandwidth() / 2;
              return (
                <Group key={row.label}>
                  <RowLabel label={row.label} x={left - 8} y={middle} width={left - 12} />
                  {row.estimates.map((estimate, s) => {
                    const at = middle + (s - (row.estimates.length - 1) / 2) * lane;
                    marks.push({ x: clampTo(x, estimate.value ?? 0), y: at, row: marks.length });
                    return (
                      <Single
                        key={series[s] ?? "only"}
                        {...{ estimate, x, numbers, unit, mark }}
                        y={at}
                        thick={many ? 9 : Math.min(14, y.bandwidth())}
                        colour={row.marked ? "var(--chart-2)" : colourOf(s)}
                        shape={row.marked ? "square" : shapeOf(s)}
                        digits={digitsOf(
                          rows.flatMap((r) => r.estimates[s] ?? []),
                          unit,
                        )}
                        right={width}
                        small={many}
                      />
                    );
                  })}
                </Group>
              );
            })}
            {bothSides(limits).map((limit) => (
              <LimitLine key={`${limit.kind}${limit.value}`} limit={limit} x={x} height={height} />
            ))}
          </>
        );
        return { height: height + X_AXIS, body, marks };
      }}
    />
  );
}

interface SingleProps {
  estimate: Estimate;
  x: Linear;
  y: number;
  thick: number;
  colour: string;
  shape: ReturnType<typeof shapeOf>;
  mark: "bar" | "dot";
  numbers: Numbers;
  unit: Unit;
  digits: number;
  right: number;
  small: boolean;
}

function Single({
  estimate,
  x,
  y,
  thick,
  colour,
  shape,
  mark,
  numbers,
  unit,
  digits,
  right,
  small,
}: SingleProps) {
  const [start = 0] = x.range();
  if (estimate.value === null) {
    return (
      <text x={start + 6} y={y} dy="0.32em" className="fill-ink-faint text-xs italic">
        {numbers.estimate(estimate, unit)}
      </text>
    );
  }
  const at = clampTo(x, estimate.value);
  const zero = clampTo(x, 0);
  const bar = mark === "bar";
  return (
    <>
      {bar && (
        <Bar
          x={Math.min(zero, at)}
          y={y - thick / 2}
          width={Math.max(1, Math.abs(at - zero))}
          height={thick}
          rx={2}
          fill={colour}
          fillOpacity={estimate.low === null ? 0.85 : 0.5}
          stroke={colour}
        />
      )}
      {estimate.low !== null && estimate.high !== null && (
        <Whisker
          low={clampTo(x, estimate.low)}
          high={clampTo(x, estimate.high)}
          y={y}
          colour={bar ? "var(--ink)" : colour}
        />
      )}
      {!bar && <Dot x={at} y={y} size={small ? 3.5 : 4.5} shape={shape} colour={colour} />}
      <text x={right - 2} y={y} dy="0.32em" textAnchor="end" className={STRONG}>
        {unit === "points"
          ? numbers.tick(estimate.value, unit, digits)
          : numbers.format(estimate.value, unit, digits)}
      </text>
    </>
  );
}

export function LimitLine({ limit, x, height }: { limit: Limit; x: Linear; height: number }) {
  const at = x(limit.value);
  const [start = 0, end = 0] = x.range();
  if (at < start - 0.5 || at > end + 0.5) return null;
  const { colour, dash } = LIMIT_LOOK[limit.kind];
  return <line x1={at} x2={at} y1={0} y2={height} stroke={colour} strokeWidth={1.5} strokeDasharray={dash} />;
}

function clampTo(x: Linear, value: number): number {
  const [start = 0, end = 0] = x.range();
  return Math.min(end, Math.max(start, x(value)));
}

/** Mirrored limits as two. */
const bothSides = (limits: Limit[]) =>
  limits.flatMap((limit) => (limit.mirrored ? [limit, { ...limit, value: -limit.value }] : [limit]));

/** From the smallest to the largest with a little room, which is not taken where no value can be. */
function reach(rows: EstimateRow[], limits: Limit[], fromZero: boolean, unit: Unit): [number, number] {
  const values = rows.flatMap((r) =>
    r.estimates.flatMap((e) => [e.value, e.low, e.high].filter((v): v is number => v !== null)),
  );
  const all = [
    ...values,
    ...bothSides(limits).map((l) => l.value),
    ...(fromZero || values.length === 0 ? [0] : []),
  ];
  const low = Math.min(...all);
  const high = Math.max(...all);
  const room = fromZero ? 0 : (high - low) * 0.04;
  return low === high
    ? [Math.min(0, low), Math.max(1e-9, high, low + Math.abs(low) * 0.1)]
    : [
        low >= 0 ? Math.max(0, low - room) : low - room,
        unit === "share" && high <= 1 ? Math.min(1, high + room) : high + room,
      ];
}

interface Titles {
  row: string;
  series: string | null;
  value: string;
  interval: string;
  n: string;
  extra: string[];
}

/** The entry of the rows that stand out, where there are any. */
export function markedLegend(label: string | undefined, rows: { marked?: boolean }[]): LegendItem[] {
  if (!label || !rows.some((row) => row.marked)) return [];
  return [{ label, kind: "dot", colour: "var(--chart-2)", shape: "square" }];
}

/** The table beside a picture of estimates. */
export function twin(
  { rows, series = [], unit }: Pick<EstimatePlotProps, "rows" | "series" | "unit">,
  numbers: Numbers,
  titles: Titles,
): Twin {
  const digits =
    rows[0]?.estimates.map((_, s) =>
      digitsOf(
        rows.flatMap((r) => r.estimates[s] ?? []),
        unit,
      ),
    ) ?? [];
  return {
    columns: [
      { label: titles.row },
      ...(titles.series ? [{ label: titles.series }] : []),
      { label: titles.value, numeric: true },
      { label: titles.interval, numeric: true },
      { label: titles.n, numeric: true },
      ...titles.extra.map((label) => ({ label, numeric: true })),
    ],
    rows: rows.flatMap((row) =>
      row.estimates.map((estimate, s) => [
        row.label,
        ...(titles.series ? [series[s] ?? ""] : []),
        estimate.value === null
          ? numbers.estimate(estimate, unit)
          : numbers.format(estimate.value, unit, digits[s]),
        numbers.interval(estimate, unit, digits[s]),
        numbers.count(estimate.n),
        ...(row.extra ?? titles.extra.map(() => "")),
      ]),
    ),
  };
}
