import { scaleLinear, scalePoint } from "@visx/scale";
import { LinePath } from "@visx/shape";

import { X_AXIS, XAxis, Y_TITLE, YAxis } from "@/charts/axes";
import { Figure, type Mark } from "@/charts/figure";
import { fit, TEXT } from "@/charts/marks";
import { digitsFor } from "@/charts/numbers";
import { useNumbers } from "@/charts/use-numbers";
import { useWords } from "@/charts/words";

import type { FeatureImportance } from "./report";

const HEIGHT = 230;

/** One thin line a row: how its prediction changes when only this feature changes. Lines that cross act with others. */
export function Curves({ feature, namespace }: { feature: FeatureImportance; namespace: string }) {
  const say = useWords(namespace);
  const numbers = useNumbers();
  const labels = feature.dependence.map(([label]) => label);
  const numeric = labels.every((l) => l.trim() !== "" && Number.isFinite(Number(l)));
  const at = labels.map((label, i) => ({
    label: numeric ? numbers.format(Number(label), "number") : label,
    x: Number(label),
    values: feature.ice.map((curve) => curve[i] ?? 0).toSorted((a, b) => a - b),
  }));
  const last = at.at(-1)!;
  const digits = digitsFor(
    at.flatMap((p) => p.values),
    "number",
  );
  const write = (v: number) => numbers.format(v, "number", digits);
  const middle = (values: number[]) => values[Math.floor(values.length / 2)] ?? 0;
  return (
    <Figure
      caption={say("ice.caption", {
        feature: feature.feature,
        low: at[0]!.label,
        high: last.label,
        least: write(last.values[0] ?? 0),
        most: write(last.values.at(-1) ?? 0),
      })}
      note={say("ice.rows", { n: numbers.count(feature.ice.length) })}
      computed={say("ice.computed")}
      nearest="x"
      table={{
        columns: [
          { label: feature.feature },
          { label: say("ice.least"), numeric: true },
          { label: say("ice.middle"), numeric: true },
          { label: say("ice.most"), numeric: true },
        ],
        rows: at.map((p) => [
          p.label,
          write(p.values[0] ?? 0),
          write(middle(p.values)),
          write(p.values.at(-1) ?? 0),
        ]),
      }}
      draw={(width) => {
        const left = 48;
        const inner = Math.min(width - left - 12, 760);
        const top = Y_TITLE + 4;
        const all = feature.ice.flat();
        const y = scaleLinear<number>({
          domain: [Math.min(0, ...all), Math.max(0, ...all)],
          range: [top + HEIGHT, top],
          nice: true,
        });
        const xs = at.map((p) => p.x);
        const line = scaleLinear<number>({
          domain: [Math.min(...xs), Math.max(...xs)],
          range: [left, left + inner],
        });
        const places = scalePoint({
          domain: at.map((_, i) => i),
          range: [left, left + inner],
          padding: 0.5,
        });
        const x = (i: number) => (numeric ? line(xs[i] ?? 0) : (places(i) ?? left));
        const marks: Mark[] = at.map((p, row) => ({ x: x(row), y: y(middle(p.values)), row }));
        return {
          height: top + HEIGHT + X_AXIS,
          marks,
          body: (
            <>
              {numeric ? (
                <XAxis
                  scale={line}
                  unit="number"
                  numbers={numbers}
                  title={feature.feature}
                  top={top + HEIGHT}
                  height={HEIGHT}
                />
              ) : (
                at.map((p, i) => (
                  <text key={p.label} x={x(i)} y={top + HEIGHT + 16} textAnchor="middle" className={TEXT}>
                    {fit(p.label, inner / at.length)}
                  </text>
                ))
              )}
              <YAxis
                scale={y}
                unit="number"
                numbers={numbers}
                title={say("ice.value")}
                left={left}
                width={inner}
              />
              {feature.ice.map((curve, row) => (
                <LinePath
                  // Curves are a sample of rows without a name.
                  // oxlint-disable-next-line react/no-array-index-key
                  key={row}
                  data={curve.map((v, i) => [x(i), y(v)] as const)}
                  x={(p) => p[0]}
                  y={(p) => p[1]}
                  stroke="var(--chart-1)"
                  strokeOpacity={0.35}
                  strokeWidth={1}
                />
              ))}
              <LinePath
                data={at.map((p, i) => [x(i), y(middle(p.values))] as const)}
                x={(p) => p[0]}
                y={(p) => p[1]}
                stroke="var(--chart-2)"
                strokeWidth={2}
                strokeDasharray="7 3"
              />
            </>
          ),
        };
      }}
      legend={[
        { kind: "line", label: say("ice.row"), colour: "var(--chart-1)" },
        { kind: "line", label: say("ice.middle"), colour: "var(--chart-2)", dash: "7 3" },
      ]}
    />
  );
}
