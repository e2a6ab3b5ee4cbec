import type { Estimate } from "@/api/types";

import { Figure, type FigureWords, type Mark } from "./figure";
import { fit, TEXT } from "./marks";
import { digitsOf, type Unit } from "./numbers";
import { useNumbers } from "./use-numbers";
import { useChartWords } from "./words";

interface GridMapProps extends FigureWords {
  rows: string[];
  columns: string[];
  /** By row and column. */
  cells: Estimate[][];
  unit: Unit;
  rowTitle: string;
  columnTitle: string;
  valueTitle: string;
  controls?: React.ReactNode;
}

/** A number for every pair of two features' values: fuller where it is larger; hatched where it cannot be estimated. */
export function GridMap(props: GridMapProps) {
  const { rows, columns, cells, unit, rowTitle, columnTitle, valueTitle } = props;
  const numbers = useNumbers();
  const say = useChartWords();
  const all = cells.flat();
  const known = all.flatMap((e) => (e.value === null ? [] : [e.value]));
  const [least, most] = [Math.min(...known, 0), Math.max(...known, 1e-9)];
  const digits = digitsOf(all, unit);
  const fullness = (v: number) => 0.04 + (0.66 * (v - least)) / (most - least);
  return (
    <Figure
      {...props}
      legend={[
        {
          kind: "ramp",
          label: numbers.format(least, unit, digits),
          colour: "var(--surface)",
          end: { colour: "var(--chart-2)", label: numbers.format(most, unit, digits) },
        },
      ]}
      table={{
        columns: [
          { label: rowTitle },
          { label: columnTitle },
          { label: valueTitle, numeric: true },
          { label: say("intervalTitle"), numeric: true },
          { label: say("n"), numeric: true },
        ],
        rows: cells.flatMap((line, i) =>
          line.map((e, j) => [
            rows[i] ?? "",
            columns[j] ?? "",
            e.value === null ? numbers.estimate(e, unit) : numbers.format(e.value, unit, digits),
            numbers.interval(e, unit, digits),
            numbers.count(e.n),
          ]),
        ),
      }}
      draw={(width) => {
        const left = Math.min(150, width * 0.3);
        const top = 20;
        const wide = Math.min(92, Math.floor((width - left) / columns.length));
        const high = Math.max(24, Math.min(40, wide * 0.6));
        const words = wide >= 46;
        const bottom = top + rows.length * high;
        const skew = wide >= 80 ? 38 : 92;
        const marks: Mark[] = cells.flatMap((line, i) =>
          line.map((_, j) => {
            const box = { x: left + j * wide, y: top + i * high, width: wide - 2, height: high - 2 };
            return { x: box.x + wide / 2, y: box.y + high / 2, row: i * columns.length + j, box };
          }),
        );
        return {
          height: bottom + skew,
          marks,
          body: (
            <>
              <defs>
                <pattern id="grid-none" width={6} height={6} patternUnits="userSpaceOnUse">
                  <path d="M0 6L6 0" stroke="var(--chart-grid)" strokeWidth={1} />
                </pattern>
              </defs>
              <text x={0} y={11} className={TEXT}>
                {fit(rowTitle, left - 4)} ↓
              </text>
              {marks.map(({ box, row }) => {
                const e = all[row];
                if (!box || !e) return null;
                return (
                  <g key={row}>
                    <rect {...box} fill="var(--sunken)" />
                    <rect
                      {...box}
                      fill={e.value === null ? "url(#grid-none)" : "var(--chart-2)"}
                      fillOpacity={e.value === null ? 1 : fullness(e.value)}
                    />
                    {words && e.value !== null && (
                      <text
                        x={box.x + box.width / 2}
                        y={box.y + box.height / 2}
                        dy="0.32em"
                        textAnchor="middle"
                        className="num fill-ink text-xs"
                      >
                        {numbers.format(e.value, unit, unit === "share" ? 0 : digits)}
                      </text>
                    )}
                  </g>
                );
              })}
              {rows.map((label, i) => (
                <text
                  key={label}
                  x={left - 8}
                  y={top + i * high + high / 2}
                  dy="0.32em"
                  textAnchor="end"
                  className={TEXT}
                >
                  {fit(label, left - 12)}
                </text>
              ))}
              {columns.map((label, j) =>
                wide >= 80 ? (
                  <text
                    key={label}
                    x={left + j * wide + wide / 2}
                    y={bottom + 14}
                    textAnchor="middle"
                    className={TEXT}
                  >
                    {fit(label, wide - 4)}
                  </text>
                ) : (
                  <text
                    key={label}
                    transform={`translate(${left + j * wide + wide / 2 + 3} ${bottom + 10}) rotate(-45)`}
                    textAnchor="end"
                    className={TEXT}
                  >
                    {fit(label, 88)}
                  </text>
                ),
              )}
              <text x={left + columns.length * wide} y={bottom + skew - 4} textAnchor="end" className={TEXT}>
                {fit(columnTitle, width - left)} →
              </text>
            </>
          ),
        };
      }}
    />
  );
}
