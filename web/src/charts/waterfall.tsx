import { Group } from "@visx/group";
import { scaleLinear } from "@visx/scale";
import { Bar } from "@visx/shape";

import { X_AXIS, XAxis } from "./axes";
import { Figure, type FigureWords, type Mark } from "./figure";
import { fit, RowLabel, STRONG } from "./marks";
import { digitsFor } from "./numbers";
import { useNumbers } from "./use-numbers";
import { useChartWords } from "./words";

interface WaterfallProps extends FigureWords {
  base: number;
  prediction: number;
  /** Feature, value as text, contribution; largest first. */
  contributions: [string, string, number][];
  /** Sum of the contributions that are not listed. */
  rest?: number;
  valueTitle: string;
  controls?: React.ReactNode;
}

const STEP = 28;
const MOST = 10;

/** From the base value to the prediction of one row, a step a feature. */
export function Waterfall(props: WaterfallProps) {
  const { base, prediction, contributions, rest = 0, valueTitle } = props;
  const numbers = useNumbers();
  const say = useChartWords();
  const runs = steps(base, contributions, rest, (count) =>
    count === null ? say("othersUncounted") : say("others", { count }),
  );
  const digits = digitsFor([base, prediction], "number");
  const write = (v: number) => numbers.format(v, "number", digits);
  const signed = (v: number) => (v > 0 ? `+${write(v)}` : write(v));
  return (
    <Figure
      {...props}
      nearest="y"
      legend={[
        { kind: "dot", shape: "square", label: say("raises"), colour: "var(--chart-pos)" },
        { kind: "dot", shape: "square", label: say("lowers"), colour: "var(--chart-neg)" },
      ]}
      table={{
        columns: [
          { label: say("feature") },
          { label: say("value"), numeric: true },
          { label: say("contribution"), numeric: true },
          { label: say("runningSum"), numeric: true },
        ],
        rows: [
          [say("base"), "", "", write(base)],
          ...runs.map((run) => [run.label, run.value, signed(run.phi), write(run.to)]),
          [say("result"), "", "", write(prediction)],
        ],
      }}
      draw={(width) => {
        const left = Math.min(240, Math.max(120, width * 0.36));
        const lines = runs.length + 2;
        const height = lines * STEP;
        const all = [base, prediction, ...runs.map((r) => r.to)];
        const low = Math.min(...all);
        const high = Math.max(...all);
        const room = (high - low || 1) * 0.02;
        const x = scaleLinear<number>({ domain: [low - room, high + room], range: [left, width - 62] });
        const middle = (i: number) => i * STEP + STEP / 2;
        const marks: Mark[] = all.map((_, i) => {
          const at = i === 0 ? base : i === lines - 1 ? prediction : runs[i - 1]!.to;
          return { x: x(at), y: middle(i), row: i };
        });
        const end = (i: number, label: string, value: number) => (
          <Group top={middle(i)}>
            <text x={left - 8} dy="0.32em" textAnchor="end" className="fill-ink text-xs font-medium">
              {fit(label, left - 12)}
            </text>
            <circle cx={x(value)} r={4} fill="var(--ink)" />
            <text x={width - 2} dy="0.32em" textAnchor="end" className={`${STRONG} font-medium`}>
              {write(value)}
            </text>
          </Group>
        );
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
              {end(0, say("base"), base)}
              {runs.map((run, i) => (
                <Group key={run.label} top={middle(i + 1)}>
                  <RowLabel
                    label={run.value ? `${run.label} = ${run.value}` : run.label}
                    x={left - 8}
                    y={0}
                    width={left - 12}
                  />
                  <Bar
                    x={x(Math.min(run.from, run.to))}
                    y={-8}
                    width={Math.max(1, Math.abs(x(run.to) - x(run.from)))}
                    height={16}
                    rx={2}
                    fill={run.phi < 0 ? "var(--chart-neg)" : "var(--chart-pos)"}
                  />
                  <line x1={x(run.to)} x2={x(run.to)} y1={8} y2={STEP - 8} stroke="var(--chart-axis)" />
                  <text x={width - 2} dy="0.32em" textAnchor="end" className={STRONG}>
                    {signed(run.phi)}
                  </text>
                </Group>
              ))}
              {end(lines - 1, say("result"), prediction)}
            </>
          ),
        };
      }}
    />
  );
}

interface Run {
  label: string;
  value: string;
  phi: number;
  from: number;
  to: number;
}

/** The largest contributions one by one, the rest as one step. */
export function steps(
  base: number,
  contributions: [string, string, number][],
  unlisted: number,
  others: (count: number | null) => string,
): Run[] {
  const shown = contributions.slice(0, contributions.length > MOST + 1 ? MOST : MOST + 1);
  const rest = contributions.slice(shown.length);
  const sum = rest.reduce((total, [, , phi]) => total + phi, unlisted);
  if (rest.length > 0 || unlisted !== 0) shown.push([others(unlisted === 0 ? rest.length : null), "", sum]);
  const runs: Run[] = [];
  for (const [label, value, phi] of shown) {
    const from = runs.at(-1)?.to ?? base;
    runs.push({ label, value, phi, from, to: from + phi });
  }
  return runs;
}
