import { Group } from "@visx/group";
import { scaleLinear } from "@visx/scale";
import { median, quantile } from "d3-array";

import { X_AXIS, XAxis } from "./axes";
import { Figure, type FigureWords, type Mark } from "./figure";
import { RowLabel } from "./marks";
import { digitsFor } from "./numbers";
import { useNumbers } from "./use-numbers";
import { useChartWords } from "./words";

export interface Swarm {
  label: string;
  /** Value by rank, 0 to 1, and contribution. */
  points: [number | null, number | null][];
}

interface BeeswarmProps extends FigureWords {
  swarms: Swarm[];
  valueTitle: string;
  controls?: React.ReactNode;
}

const LANE = 34;
const DOT = 2.2;

/** Contributions of single rows, a lane a feature: blue for low values of the feature, orange for high ones. */
export function Beeswarm(props: BeeswarmProps) {
  const { swarms, valueTitle } = props;
  const numbers = useNumbers();
  const say = useChartWords();
  const values = swarms.flatMap((s) => contributions(s));
  const digits = digitsFor([quantile(values.map(Math.abs), 0.9) ?? 0], "number");
  return (
    <Figure
      {...props}
      nearest="y"
      legend={[
        {
          kind: "ramp",
          label: say("low"),
          colour: "var(--chart-neg)",
          end: { colour: "var(--chart-pos)", label: say("high") },
        },
        { kind: "dot", label: say("unranked"), colour: "var(--chart-5)" },
      ]}
      table={{
        columns: [
          { label: say("feature") },
          { label: say("smallest"), numeric: true },
          { label: say("median"), numeric: true },
          { label: say("largest"), numeric: true },
          { label: say("count"), numeric: true },
        ],
        rows: swarms.map((swarm) => {
          const known = contributions(swarm);
          const write = (v: number | undefined) => numbers.format(v, "number", digits);
          return [
            swarm.label,
            write(known.length > 0 ? Math.min(...known) : undefined),
            write(median(known)),
            write(known.length > 0 ? Math.max(...known) : undefined),
            numbers.count(known.length),
          ];
        }),
      }}
      draw={(width) => {
        const left = Math.min(180, Math.max(88, width * 0.28));
        const height = swarms.length * LANE;
        const low = Math.min(0, ...values);
        const high = Math.max(0, ...values);
        const x = scaleLinear<number>({
          domain: low === high ? [-1, 1] : [low, high],
          range: [left, width - 8],
          nice: true,
        });
        const marks: Mark[] = swarms.map((_, row) => ({
          x: x(0),
          y: row * LANE + LANE / 2,
          row,
          box: { x: left - 4, y: row * LANE + 1, width: width - left + 2, height: LANE - 2 },
        }));
        return {
          height: height + X_AXIS,
          marks,
          body: (
            <>
              <XAxis
                scale={x}
                unit="number"
                numbers={numbers}
                title={valueTitle}
                top={height}
                height={height}
              />
              <line x1={x(0)} x2={x(0)} y2={height} stroke="var(--chart-axis)" />
              {swarms.map((swarm, i) => (
                <Group key={swarm.label} top={i * LANE + LANE / 2}>
                  <RowLabel label={swarm.label} x={left - 10} y={0} width={left - 14} />
                  {shades(spread(swarm, x)).map(([colour, path]) => (
                    <path key={colour} d={path} fill={colour} fillOpacity={0.9} />
                  ))}
                </Group>
              ))}
            </>
          ),
        };
      }}
    />
  );
}

const contributions = (swarm: Swarm) => swarm.points.flatMap(([, phi]) => (phi === null ? [] : [phi]));

const SHADES = 10;

function shade(value: number | null): string {
  if (value === null) return "var(--chart-5)";
  const share = Math.round(value * SHADES) * (100 / SHADES);
  return `color-mix(in oklab, var(--chart-pos) ${share}%, var(--chart-neg))`;
}

interface Dot {
  x: number;
  y: number;
  value: number | null;
}

/** One path a colour: thousands of dots stay few elements. */
function shades(dots: Dot[]): [string, string][] {
  const paths = new Map<string, string>();
  for (const { x, y, value } of dots) {
    const colour = shade(value);
    const circle = `M${(x - DOT).toFixed(1)} ${y.toFixed(1)}a${DOT} ${DOT} 0 1 0 ${2 * DOT} 0a${DOT} ${DOT} 0 1 0 ${-2 * DOT} 0`;
    paths.set(colour, (paths.get(colour) ?? "") + circle);
  }
  return [...paths];
}

/** Stacks points of equal place up and down around the lane's middle; the order of rows decides, nothing is random. */
function spread(swarm: Swarm, x: (v: number) => number): Dot[] {
  const taken = new Map<number, number>();
  return swarm.points.flatMap(([value, phi]) => {
    if (phi === null) return [];
    const at = x(phi);
    const cell = Math.round(at / (DOT * 1.6));
    const level = taken.get(cell) ?? 0;
    taken.set(cell, level + 1);
    const most = LANE / 2 - DOT - 1;
    const step = level % 2 === 0 ? level / 2 : -(level + 1) / 2;
    // A crowded place folds back into the lane.
    const y = ((step * DOT * 1.3 + most * 3) % (2 * most)) - most;
    return [{ value, x: at, y }];
  });
}
