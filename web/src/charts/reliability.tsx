import { scaleLinear } from "@visx/scale";
import { Area, Bar, LinePath } from "@visx/shape";

import type { Estimate } from "@/api/types";

import { X_AXIS, XAxis, Y_TITLE, YAxis } from "./axes";
import { Figure, type FigureWords, type Mark } from "./figure";
import { Dot } from "./marks";
import { useNumbers } from "./use-numbers";
import { useChartWords } from "./words";

interface ReliabilityDiagramProps extends FigureWords {
  /** Probability, recalibrated, lower and upper end of the consistency band. */
  curve: [number, number, number, number][];
  bins: { n: number; predicted: number; observed: Estimate }[];
  controls?: React.ReactNode;
}

const STRIP = 54;

/** Reliability: what was predicted against what happened, and below it where the predictions lie. */
export function ReliabilityDiagram(props: ReliabilityDiagramProps) {
  const { curve, bins } = props;
  const numbers = useNumbers();
  const say = useChartWords();
  return (
    <Figure
      {...props}
      nearest="x"
      legend={[
        { kind: "line", label: say("curve"), colour: "var(--chart-1)" },
        { kind: "area", label: say("band"), colour: "var(--chart-band)" },
        { kind: "dot", label: say("bins"), colour: "var(--chart-2)", shape: "square" },
        { kind: "line", label: say("perfect"), colour: "var(--chart-axis)", dash: "4 4" },
      ]}
      table={{
        columns: [
          { label: say("predicted") },
          { label: say("observed"), numeric: true },
          { label: say("intervalTitle"), numeric: true },
          { label: say("n"), numeric: true },
        ],
        rows: bins.map((bin) => [
          numbers.format(bin.predicted, "share", 1),
          bin.observed.value === null
            ? numbers.estimate(bin.observed, "share")
            : numbers.format(bin.observed.value, "share", 1),
          numbers.interval(bin.observed, "share", 1),
          numbers.count(bin.n),
        ]),
      }}
      draw={(width) => {
        const left = 52;
        const inner = Math.min(width - left - 12, 460);
        const height = Math.min(360, Math.max(240, inner * 0.8));
        const top = Y_TITLE + 4;
        const x = scaleLinear<number>({ domain: [0, 1], range: [left, left + inner] });
        const y = scaleLinear<number>({ domain: [0, 1], range: [top + height, top] });
        const floor = top + height + 12 + STRIP;
        const marks: Mark[] = bins.map((bin, row) => ({
          x: x(bin.predicted),
          y: y(bin.observed.value ?? 0),
          row,
        }));
        return {
          height: floor + X_AXIS,
          marks,
          body: (
            <>
              <XAxis
                scale={x}
                unit="share"
                numbers={numbers}
                title={say("predicted")}
                top={floor}
                height={floor - top}
              />
              <YAxis
                scale={y}
                unit="share"
                numbers={numbers}
                title={say("observed")}
                left={left}
                width={inner}
              />
              <Area
                data={curve}
                x={(p) => x(p[0])}
                y0={(p) => y(p[2])}
                y1={(p) => y(p[3])}
                fill="var(--chart-band)"
                fillOpacity={0.75}
              />
              <line
                x1={x(0)}
                y1={y(0)}
                x2={x(1)}
                y2={y(1)}
                stroke="var(--chart-axis)"
                strokeDasharray="4 4"
              />
              <LinePath
                data={curve}
                x={(p) => x(p[0])}
                y={(p) => y(p[1])}
                stroke="var(--chart-1)"
                strokeWidth={2}
              />
              {bins.map(({ predicted, observed }) =>
                observed.value === null ? null : (
                  <g key={predicted}>
                    {observed.low !== null && observed.high !== null && (
                      <line
                        x1={x(predicted)}
                        x2={x(predicted)}
                        y1={y(observed.low)}
                        y2={y(observed.high)}
                        stroke="var(--chart-2)"
                        strokeWidth={1.5}
                      />
                    )}
                    <Dot
                      x={x(predicted)}
                      y={y(observed.value)}
                      size={3.5}
                      shape="square"
                      colour="var(--chart-2)"
                    />
                  </g>
                ),
              )}
              <Densities bins={bins} x={x} floor={floor} />
              <text
                x={left + inner}
                y={floor - STRIP + 8}
                textAnchor="end"
                className="fill-ink-faint text-xs"
              >
                {say("density")}
              </text>
            </>
          ),
        };
      }}
    />
  );
}

/** Rows per width of score: bins hold about equal rows, so crowded scores make narrow, tall bars. */
function Densities({
  bins,
  x,
  floor,
}: {
  bins: { n: number; predicted: number }[];
  x: (v: number) => number;
  floor: number;
}) {
  const edges = bins.map((bin, i) =>
    i === 0 ? Math.max(0, bin.predicted - half(i)) : (bin.predicted + bins[i - 1]!.predicted) / 2,
  );
  function half(i: number): number {
    const next = bins[i + 1];
    return next ? (next.predicted - bins[i]!.predicted) / 2 : 0.02;
  }
  const last = bins.at(-1);
  const ends = [
    ...edges.slice(1),
    Math.min(
      1,
      (last?.predicted ?? 1) +
        (last && bins.length > 1 ? (last.predicted - bins.at(-2)!.predicted) / 2 : 0.02),
    ),
  ];
  const density = bins.map((bin, i) => bin.n / Math.max(0.004, (ends[i] ?? 1) - (edges[i] ?? 0)));
  const y = scaleLinear<number>({ domain: [0, Math.sqrt(Math.max(1, ...density))], range: [0, STRIP - 16] });
  return bins.map((bin, i) => {
    const start = x(edges[i] ?? 0);
    const tall = y(Math.sqrt(density[i] ?? 0));
    return (
      <Bar
        key={bin.predicted}
        x={start}
        y={floor - tall}
        width={Math.max(1, x(ends[i] ?? 1) - start - 0.5)}
        height={tall}
        fill="var(--chart-5)"
        fillOpacity={0.85}
      />
    );
  });
}
