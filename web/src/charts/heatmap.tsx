import { HeatmapRect } from "@visx/heatmap";

import { Figure, type FigureWords, type Mark } from "./figure";
import { fit, TEXT } from "./marks";
import { useNumbers } from "./use-numbers";
import { useChartWords } from "./words";

interface AssociationHeatmapProps extends FigureWords {
  names: string[];
  /** Square, -1 to 1; `null` where there is none. */
  values: (number | null)[][];
}

const CELL = { least: 16, most: 34 };

/** Strengths of association of all pairs: blue for opposite, orange for same direction, stronger is fuller. */
export function AssociationHeatmap(props: AssociationHeatmapProps) {
  const { names, values } = props;
  const numbers = useNumbers();
  const say = useChartWords();
  const { ref: order, pairs } = strongest(names, values);
  return (
    <Figure
      {...props}
      legend={[
        {
          kind: "ramp",
          label: numbers.format(-1, "ratio", 0),
          colour: "var(--chart-neg), var(--surface)",
          end: { colour: "var(--chart-pos)", label: numbers.format(1, "ratio", 0) },
        },
      ]}
      table={{
        columns: [
          { label: say("feature") },
          { label: say("feature") },
          { label: say("strength"), numeric: true },
        ].map((c, i) => (i === 1 ? { label: `${c.label} 2` } : c)),
        rows: pairs.map(([a, b, value]) => [names[a] ?? "", names[b] ?? "", numbers.format(value, "ratio")]),
      }}
      draw={(width) => {
        const left = Math.min(150, width * 0.32);
        const shown = order.slice(0, Math.max(2, Math.floor((width - left) / CELL.least)));
        shown.sort((a, b) => a - b);
        const cell = Math.min(CELL.most, Math.floor((width - left) / shown.length));
        const side = cell * shown.length;
        const at = (i: number) => left + i * cell;
        const bins = shown.map((column, i) => ({
          bin: i,
          bins: shown.map((row, j) => ({ bin: j, count: j >= i ? (values[row]?.[column] ?? null) : null })),
        }));
        const place = new Map(shown.map((feature, i) => [feature, i]));
        const marks: Mark[] = pairs.flatMap(([a, b], row) => {
          const i = place.get(Math.min(a, b));
          const j = place.get(Math.max(a, b));
          if (i === undefined || j === undefined) return [];
          const box = { x: at(i), y: j * cell, width: cell - 1, height: cell - 1 };
          return [{ x: box.x + cell / 2, y: box.y + cell / 2, row, box }];
        });
        const skew = 78;
        return {
          height: side + skew,
          marks,
          body: (
            <>
              <HeatmapRect
                data={bins}
                xScale={(i) => at(i)}
                yScale={(j) => j * cell}
                colorScale={(v) => (Number(v ?? 0) < 0 ? "var(--chart-neg)" : "var(--chart-pos)")}
                opacityScale={(v) => Math.abs(Number(v ?? 0))}
                binWidth={cell}
                binHeight={cell}
                gap={1}
                bins={(column) => column.bins}
                count={(bin) => bin.count as number}
              >
                {(columns) =>
                  columns.flat().map((c) =>
                    c.row < c.column ? null : (
                      <g key={`${c.column} ${c.row}`}>
                        <rect x={c.x} y={c.y} width={c.width} height={c.height} fill="var(--sunken)" />
                        {c.count !== null && (
                          <rect
                            x={c.x}
                            y={c.y}
                            width={c.width}
                            height={c.height}
                            fill={c.row === c.column ? "var(--chart-mid)" : c.color}
                            fillOpacity={c.row === c.column ? 1 : c.opacity}
                          />
                        )}
                      </g>
                    ),
                  )
                }
              </HeatmapRect>
              {shown.map((feature, i) => (
                <g key={feature}>
                  <text x={left - 8} y={i * cell + cell / 2} dy="0.32em" textAnchor="end" className={TEXT}>
                    {fit(names[feature] ?? "", left - 10)}
                  </text>
                  <text
                    transform={`translate(${at(i) + cell / 2 + 3} ${side + 10}) rotate(-45)`}
                    textAnchor="end"
                    className={TEXT}
                  >
                    {fit(names[feature] ?? "", 96)}
                  </text>
                </g>
              ))}
              {shown.length < names.length && (
                <text x={left + side} y={12} textAnchor="end" className={TEXT}>
                  {fit(say("strongestShown", { shown: shown.length, all: names.length }), side)}
                </text>
              )}
            </>
          ),
        };
      }}
    />
  );
}

/** Pairs by strength, and the features in the order of their strongest pair. */
function strongest(names: string[], values: (number | null)[][]) {
  const pairs: [number, number, number | null][] = [];
  for (let a = 0; a < names.length; a++) {
    for (let b = a + 1; b < names.length; b++) pairs.push([a, b, values[b]?.[a] ?? values[a]?.[b] ?? null]);
  }
  pairs.sort((p, q) => Math.abs(q[2] ?? -1) - Math.abs(p[2] ?? -1));
  return { pairs, ref: [...new Set(pairs.flatMap(([a, b]) => [a, b]))] };
}
