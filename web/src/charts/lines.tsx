import { scaleLinear } from "@visx/scale";
import { Area, LinePath } from "@visx/shape";

import { X_AXIS, XAxis, Y_TITLE, YAxis } from "./axes";
import { Figure, type FigureWords, type Mark } from "./figure";
import type { LegendItem } from "./legend";
import { colourOf, dashOf, Dot, LIMIT_LOOK, type Limit, limitLegend, shapeOf } from "./marks";
import { digitsFor, type Unit } from "./numbers";
import { useNumbers } from "./use-numbers";
import { useChartWords } from "./words";

export interface LinePoint {
  x: number;
  y: number;
  low?: number | null;
  high?: number | null;
}

export interface LineSeries {
  label: string;
  points: LinePoint[];
}

interface LineChartProps extends FigureWords {
  series: LineSeries[];
  xTitle: string;
  yTitle: string;
  xUnit: Unit;
  yUnit: Unit;
  xDomain?: [number, number];
  yDomain?: [number, number];
  /** Draws a dot at each point: for few, measured levels. */
  dots?: boolean;
  /** Straight line from corner to corner. */
  diagonal?: string;
  /** Horizontal lines. */
  limits?: Limit[];
  /** Vertical line, such as the chosen threshold. */
  cursor?: { at: number; label: string };
  controls?: React.ReactNode;
  /** Squarer, for curves whose axes have the same unit. */
  square?: boolean;
  /** What the band is, when it is not a 95 % interval. */
  bandTitle?: string;
}

/** Curves over a measured x, with bands where there are intervals. */
export function LineChart(props: LineChartProps) {
  const { series, xTitle, yTitle, xUnit, yUnit, limits = [], cursor, diagonal, dots, square } = props;
  const numbers = useNumbers();
  const say = useChartWords();
  const all = series.flatMap((s) => s.points);
  const banded = all.some((p) => p.low !== null && p.low !== undefined);
  const many = series.length > 1;
  const legend: LegendItem[] = [
    ...(many || diagonal || cursor
      ? series.map((s, i) => ({
          label: s.label,
          kind: "line" as const,
          colour: colourOf(i),
          dash: dashOf(i),
        }))
      : []),
    ...(diagonal
      ? [{ label: diagonal, kind: "line" as const, colour: "var(--chart-axis)", dash: "4 4" }]
      : []),
    ...(cursor
      ? [{ label: cursor.label, kind: "line" as const, colour: "var(--ink)", dash: undefined }]
      : []),
    ...limitLegend(limits, yUnit, numbers, say),
  ];
  const xDigits = digitsFor(
    all.map((p) => p.x),
    xUnit,
  );
  const yDigits = digitsFor(
    all.map((p) => p.y),
    yUnit,
  );
  const table = {
    columns: [
      ...(many ? [{ label: say("series") }] : []),
      { label: xTitle, numeric: many },
      { label: yTitle, numeric: true },
      ...(banded ? [{ label: props.bandTitle ?? say("intervalTitle"), numeric: true }] : []),
    ],
    rows: series.flatMap((s) =>
      s.points.map((p) => [
        ...(many ? [s.label] : []),
        numbers.format(p.x, xUnit, xDigits),
        numbers.format(p.y, yUnit, yDigits),
        ...(banded
          ? [
              numbers.interval(
                { value: p.y, low: p.low ?? null, high: p.high ?? null, n: 0, method: "none" },
                yUnit,
                yDigits,
              ),
            ]
          : []),
      ]),
    ),
  };
  return (
    <Figure
      {...props}
      legend={legend}
      table={table}
      nearest={dots ? "x" : "xy"}
      draw={(width) => {
        const left = 48;
        const inner = Math.min(width - left - 12, square ? 420 : 760);
        const height = square ? Math.min(340, inner) : 230;
        const top = Y_TITLE + 4;
        const x = scaleLinear<number>({
          domain: props.xDomain ?? extent(all.map((p) => p.x)),
          range: [left, left + inner],
        });
        const y = scaleLinear<number>({
          domain:
            props.yDomain ??
            extent([
              ...all.flatMap((p) => [p.y, p.low ?? p.y, p.high ?? p.y]),
              ...limits.map((l) => l.value),
            ]),
          range: [top + height, top],
          nice: !props.yDomain,
        });
        const marks: Mark[] = all.map((p, row) => ({ x: x(p.x), y: y(p.y), row }));
        return {
          height: top + height + X_AXIS,
          marks,
          body: (
            <>
              <XAxis
                scale={x}
                unit={xUnit}
                numbers={numbers}
                title={xTitle}
                top={top + height}
                height={height}
              />
              <YAxis scale={y} unit={yUnit} numbers={numbers} title={yTitle} left={left} width={inner} />
              {diagonal && (
                <line
                  x1={x(x.domain()[0]!)}
                  y1={y(y.domain()[0]!)}
                  x2={x(x.domain()[1]!)}
                  y2={y(y.domain()[1]!)}
                  stroke="var(--chart-axis)"
                  strokeDasharray="4 4"
                />
              )}
              {series.map((s, i) => (
                <Series key={s.label} {...{ s, i, x, y, dots: dots === true }} />
              ))}
              {limits.map((limit) => (
                <line
                  key={`${limit.kind}${limit.value}`}
                  x1={left}
                  x2={left + inner}
                  y1={y(limit.value)}
                  y2={y(limit.value)}
                  stroke={LIMIT_LOOK[limit.kind].colour}
                  strokeDasharray={LIMIT_LOOK[limit.kind].dash}
                  strokeWidth={1.5}
                />
              ))}
              {cursor && (
                <line
                  x1={x(cursor.at)}
                  x2={x(cursor.at)}
                  y1={top}
                  y2={top + height}
                  stroke="var(--ink)"
                  strokeWidth={1.5}
                />
              )}
            </>
          ),
        };
      }}
    />
  );
}

interface SeriesProps {
  s: LineSeries;
  i: number;
  x: (v: number) => number;
  y: (v: number) => number;
  dots: boolean;
}

function Series({ s, i, x, y, dots }: SeriesProps) {
  const colour = colourOf(i);
  return (
    <>
      <Area
        data={s.points.filter((p) => p.low !== null && p.low !== undefined)}
        x={(p) => x(p.x)}
        y0={(p) => y(p.low ?? p.y)}
        y1={(p) => y(p.high ?? p.y)}
        fill={colour}
        fillOpacity={0.16}
      />
      <LinePath
        data={s.points}
        x={(p) => x(p.x)}
        y={(p) => y(p.y)}
        stroke={colour}
        strokeWidth={2}
        {...(dashOf(i) ? { strokeDasharray: dashOf(i) } : {})}
      />
      {dots &&
        s.points.map((p) => (
          <Dot key={p.x} x={x(p.x)} y={y(p.y)} size={3.5} shape={shapeOf(i)} colour={colour} />
        ))}
    </>
  );
}

function extent(values: number[]): [number, number] {
  if (values.length === 0) return [0, 1];
  const low = Math.min(...values);
  const high = Math.max(...values);
  return low === high ? [low - 0.5, high + 0.5] : [low, high];
}
