import { HeatmapRect } from "@visx/heatmap";
import { scaleLinear } from "@visx/scale";

import { Figure, type FigureWords, type Mark } from "./figure";
import { fit, TEXT } from "./marks";
import { useNumbers } from "./use-numbers";
import { useChartWords } from "./words";

interface ConfusionProps extends FigureWords {
  classes: string[];
  /** Rows truth, columns prediction. */
  counts: number[][];
}

/** Confusion matrix: counts, and the share of each true class in words of colour and number. */
export function ConfusionMatrix(props: ConfusionProps) {
  const { classes, counts } = props;
  const numbers = useNumbers();
  const say = useChartWords();
  const totals = counts.map((row) => row.reduce((a, b) => a + b, 0));
  const share = (i: number, j: number) => (counts[i]?.[j] ?? 0) / (totals[i] || 1);
  const fullness = scaleLinear<number>({ domain: [0, 1], range: [0, 0.4] });
  return (
    <Figure
      {...props}
      table={{
        columns: [
          { label: say("truth") },
          { label: say("prediction") },
          { label: say("count"), numeric: true },
          { label: say("shareOfTruth"), numeric: true },
        ],
        rows: counts.flatMap((row, i) =>
          row.map((count, j) => [
            classes[i] ?? `${i}`,
            classes[j] ?? `${j}`,
            numbers.count(count),
            totals[i] ? numbers.format(share(i, j), "share", 1) : "–",
          ]),
        ),
      }}
      draw={(width) => {
        const left = Math.min(130, width * 0.28);
        const top = 42;
        const wide = Math.min(classes.length <= 3 ? 128 : 92, Math.floor((width - left) / classes.length));
        const high = Math.min(64, Math.max(20, wide * 0.62));
        const words = wide >= 44;
        const bins = classes.map((_, j) => ({
          bin: j,
          bins: classes.map((__, i) => ({ bin: i, count: share(i, j) })),
        }));
        const marks: Mark[] = counts.flatMap((row, i) =>
          row.map((_, j) => {
            const box = { x: left + j * wide, y: top + i * high, width: wide - 2, height: high - 2 };
            return { x: box.x + wide / 2, y: box.y + high / 2, row: i * classes.length + j, box };
          }),
        );
        return {
          height: top + classes.length * high + 4,
          marks,
          body: (
            <>
              <text x={left} y={12} className={TEXT}>
                {say("prediction")} →
              </text>
              <text x={0} y={top - 8} className={TEXT}>
                {say("truth")} ↓
              </text>
              <HeatmapRect
                data={bins}
                xScale={(j) => left + j * wide}
                yScale={(i) => top + i * high}
                colorScale={() => "var(--chart-1)"}
                opacityScale={(v) => fullness(Number(v ?? 0))}
                binWidth={wide}
                binHeight={high}
                gap={2}
                bins={(column) => column.bins}
                count={(bin) => bin.count}
              >
                {(columns) =>
                  columns.flat().map((c) => (
                    <g key={`${c.column} ${c.row}`}>
                      <rect x={c.x} y={c.y} width={c.width} height={c.height} fill="var(--sunken)" />
                      <rect
                        x={c.x}
                        y={c.y}
                        width={c.width}
                        height={c.height}
                        fill={c.color}
                        fillOpacity={c.opacity}
                      />
                      {c.row === c.column && (
                        <rect
                          x={c.x + 0.75}
                          y={c.y + 0.75}
                          width={c.width - 1.5}
                          height={c.height - 1.5}
                          fill="none"
                          stroke="var(--chart-1)"
                          strokeWidth={1.5}
                        />
                      )}
                      {words && (
                        <text
                          x={c.x + c.width / 2}
                          y={c.y + c.height / 2}
                          textAnchor="middle"
                          className="num fill-ink"
                        >
                          <tspan className="text-sm font-medium" dy={high > 36 ? "-0.15em" : "0.32em"}>
                            {numbers.count(counts[c.row]?.[c.column] ?? 0)}
                          </tspan>
                          {high > 36 && (
                            <tspan x={c.x + c.width / 2} dy="1.35em" className="text-xs">
                              {totals[c.row] ? numbers.format(share(c.row, c.column), "share", 1) : "–"}
                            </tspan>
                          )}
                        </text>
                      )}
                    </g>
                  ))
                }
              </HeatmapRect>
              {classes.map((label, i) => (
                <g key={label}>
                  <text
                    x={left - 8}
                    y={top + i * high + high / 2}
                    dy="0.32em"
                    textAnchor="end"
                    className={TEXT}
                  >
                    {fit(label, left - 12)}
                  </text>
                  <text x={left + i * wide + wide / 2} y={top - 8} textAnchor="middle" className={TEXT}>
                    {fit(label, wide)}
                  </text>
                </g>
              ))}
            </>
          ),
        };
      }}
    />
  );
}
