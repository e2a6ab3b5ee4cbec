import { Group } from "@visx/group";
import { scaleLinear } from "@visx/scale";
import { Bar } from "@visx/shape";

import type { Histogram } from "@/api/types";

import { X_AXIS, XAxis, Y_TITLE, YAxis } from "./axes";
import { Figure, type FigureWords, type Mark } from "./figure";
import { fit, TEXT } from "./marks";
import { digitsFor } from "./numbers";
import { useNumbers } from "./use-numbers";
import { useChartWords } from "./words";

interface HistogramChartProps extends FigureWords {
  histogram: Histogram;
  xTitle: string;
}

/** One distribution. */
export function HistogramChart(props: HistogramChartProps) {
  const { histogram, xTitle } = props;
  const numbers = useNumbers();
  const say = useChartWords();
  const digits = digitsFor(histogram.edges, "number");
  return (
    <Figure
      {...props}
      nearest="x"
      table={{
        columns: [
          { label: say("from") },
          { label: say("to"), numeric: true },
          { label: say("count"), numeric: true },
        ],
        rows: histogram.counts.map((count, i) => [
          numbers.format(histogram.edges[i], "number", digits),
          numbers.format(histogram.edges[i + 1], "number", digits),
          numbers.count(count),
        ]),
      }}
      draw={(width) => {
        const left = 52;
        const inner = Math.min(width - left - 12, 760);
        const height = 190;
        const top = Y_TITLE + 4;
        const x = scaleLinear<number>({
          domain: [histogram.edges[0] ?? 0, histogram.edges.at(-1) ?? 1],
          range: [left, left + inner],
        });
        const y = scaleLinear<number>({
          domain: [0, Math.max(1, ...histogram.counts)],
          range: [top + height, top],
          nice: true,
        });
        const bars = bins(histogram, x, y, top + height);
        return {
          height: top + height + X_AXIS,
          marks: bars.map((bar, row) => ({ x: bar.x + bar.width / 2, y: bar.y, row, box: bar })),
          body: (
            <>
              <XAxis scale={x} unit="number" numbers={numbers} title={xTitle} top={top + height} height={0} />
              <YAxis
                scale={y}
                unit="count"
                numbers={numbers}
                title={say("count")}
                left={left}
                width={inner}
              />
              {bars.map((bar) => (
                <Bar key={bar.x} {...bar} fill="var(--chart-1)" fillOpacity={0.8} />
              ))}
            </>
          ),
        };
      }}
    />
  );
}

type Scale = (value: number) => number;

function bins(histogram: Histogram, x: Scale, y: Scale, floor: number) {
  return histogram.counts.map((count, i) => {
    const start = x(histogram.edges[i] ?? 0);
    const end = x(histogram.edges[i + 1] ?? 0);
    return {
      x: start + 0.5,
      y: y(count),
      width: Math.max(0.5, end - start - 1),
      height: Math.max(0, floor - y(count)),
    };
  });
}

/** One panel of [`Distributions`]: numbers in bins, or categories with their counts. */
export interface Panel {
  title: string;
  note: string;
  bins?: Histogram | undefined;
  categories?: [string, number][] | undefined;
}

interface DistributionsProps extends FigureWords {
  panels: Panel[];
  controls?: React.ReactNode;
}

const PANEL = { height: 118, gap: 20, plot: 62, least: 138 };

/** The shape of many columns at once. */
export function Distributions(props: DistributionsProps) {
  const { panels } = props;
  const numbers = useNumbers();
  const say = useChartWords();
  const rows = panels.flatMap((panel) =>
    panelRows(panel).map(([label, count]) => [panel.title, label, numbers.count(count)]),
  );
  function panelRows({ bins: h, categories = [] }: Panel): [string, number][] {
    if (!h) return categories;
    const digits = digitsFor(h.edges, "number");
    return h.counts.map((count, i) => [
      say("interval", {
        low: numbers.format(h.edges[i], "number", digits),
        high: numbers.format(h.edges[i + 1], "number", digits),
      }),
      count,
    ]);
  }
  return (
    <Figure
      {...props}
      table={{
        columns: [{ label: say("column") }, { label: say("value") }, { label: say("count"), numeric: true }],
        rows,
      }}
      draw={(width) => {
        const columns = Math.max(1, Math.min(5, Math.floor((width + PANEL.gap) / (PANEL.least + PANEL.gap))));
        const each = (width - PANEL.gap * (columns - 1)) / columns;
        const marks: Mark[] = [];
        const body = panels.map((panel, i) => {
          const left = (i % columns) * (each + PANEL.gap);
          const top = Math.floor(i / columns) * (PANEL.height + PANEL.gap);
          const bars = panelBars(panel, each);
          for (const bar of bars) {
            marks.push({
              x: left + bar.x + bar.width / 2,
              y: top + 20 + bar.y,
              row: marks.length,
              box: { ...bar, x: left + bar.x, y: top + 20 + bar.y },
            });
          }
          const edges = panel.bins?.edges ?? [];
          const digits = digitsFor([edges[0] ?? 0, edges.at(-1) ?? 0], "number");
          return (
            <Group key={panel.title} left={left} top={top}>
              <text y={10} className="fill-ink text-xs font-medium">
                {fit(panel.title, each - panel.note.length * 6.3 - 8)}
              </text>
              <text x={each} y={10} textAnchor="end" className="num fill-ink-faint text-xs">
                {panel.note}
              </text>
              {bars.map((bar) => (
                <Bar key={bar.x} {...bar} y={bar.y + 20} fill="var(--chart-1)" fillOpacity={0.8} />
              ))}
              <line x2={each} y1={20.5 + PANEL.plot} y2={20.5 + PANEL.plot} stroke="var(--chart-axis)" />
              {panel.bins ? (
                <>
                  <text y={PANEL.plot + 35} className="num fill-ink-faint text-xs">
                    {numbers.format(edges[0], "number", digits)}
                  </text>
                  <text x={each} y={PANEL.plot + 35} textAnchor="end" className="num fill-ink-faint text-xs">
                    {numbers.format(edges.at(-1), "number", digits)}
                  </text>
                </>
              ) : (
                <text y={PANEL.plot + 35} className={TEXT}>
                  {fit(panel.categories?.map(([name]) => name).join(", ") ?? "", each)}
                </text>
              )}
            </Group>
          );
        });
        const lines = Math.ceil(panels.length / columns);
        return { height: lines * (PANEL.height + PANEL.gap) - PANEL.gap, body, marks };
      }}
    />
  );
}

function panelBars({ bins: h, categories = [] }: Panel, width: number) {
  const counts = h ? h.counts : categories.map(([, count]) => count);
  const y = scaleLinear<number>({ domain: [0, Math.max(1, ...counts)], range: [PANEL.plot, 0] });
  const x = scaleLinear<number>({ domain: [0, counts.length], range: [0, width] });
  const edges = counts.map((_, i) => i).concat(counts.length);
  return bins({ edges, counts }, x, y, PANEL.plot);
}
