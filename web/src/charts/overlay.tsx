import { Group } from "@visx/group";
import { scaleLinear } from "@visx/scale";
import { Bar } from "@visx/shape";

import { Figure, type FigureWords, type Mark } from "./figure";
import { fit, TEXT } from "./marks";
import { useNumbers } from "./use-numbers";
import { useChartWords } from "./words";

/** Shares of two tables in the same bars. */
export interface OverlayPanel {
  title: string;
  note: string;
  /** What the caption speaks of. */
  marked: boolean;
  /** Drawn as steps over an axis with ends, or as pairs of bars. */
  ordered: boolean;
  bars: { label: string; shares: [number, number] }[];
  /** Under the left and the right end; for pairs of bars the left one is a list. */
  ends: [string, string];
}

interface OverlaysProps extends FigureWords {
  panels: OverlayPanel[];
  /** Names of the two tables. */
  series: [string, string];
  /** Titles of the table: what a panel is, and what a bar is. */
  panelTitle: string;
  barTitle: string;
}

const PANEL = { top: 34, plot: 84, foot: 20, gap: 22, least: 150 };
const FIRST = "var(--chart-1)";
const SECOND = "var(--chart-2)";

/** Many pairs of distributions at once: the first table as a filled shape, the second as its outline. */
export function Overlays(props: OverlaysProps) {
  const { panels, series, panelTitle, barTitle } = props;
  const numbers = useNumbers();
  const say = useChartWords();
  const share = (value: number) => numbers.format(value, "share", 1);
  const each = PANEL.top + PANEL.plot + PANEL.foot;
  return (
    <Figure
      {...props}
      legend={[
        { label: series[0], kind: "area", colour: "color-mix(in oklab, var(--chart-1) 45%, transparent)" },
        { label: series[1], kind: "line", colour: SECOND },
      ]}
      table={{
        columns: [
          { label: panelTitle },
          { label: barTitle },
          { label: `${series[0]}, ${say("share")}`, numeric: true },
          { label: `${series[1]}, ${say("share")}`, numeric: true },
        ],
        rows: panels.flatMap((panel) =>
          panel.bars.map((bar) => [panel.title, bar.label, share(bar.shares[0]), share(bar.shares[1])]),
        ),
      }}
      draw={(width) => {
        const columns = Math.max(1, Math.min(4, Math.floor((width + PANEL.gap) / (PANEL.least + PANEL.gap))));
        const wide = (width - PANEL.gap * (columns - 1)) / columns;
        const marks: Mark[] = [];
        const body = panels.map((panel, i) => {
          const left = (i % columns) * (wide + PANEL.gap);
          const top = Math.floor(i / columns) * (each + PANEL.gap);
          const most = Math.max(1e-9, ...panel.bars.flatMap((bar) => bar.shares));
          const x = scaleLinear<number>({ domain: [0, panel.bars.length], range: [0, wide] });
          const y = scaleLinear<number>({ domain: [0, most], range: [PANEL.plot, 2] });
          for (const [b, bar] of panel.bars.entries()) {
            const high = y(Math.max(...bar.shares));
            marks.push({
              x: left + x(b + 0.5),
              y: top + PANEL.top + high,
              row: marks.length,
              box: {
                x: left + x(b),
                y: top + PANEL.top + high,
                width: x(1),
                height: Math.max(3, PANEL.plot - high),
              },
            });
          }
          const half = (wide - 8) / 2;
          return (
            <Group key={panel.title} left={left} top={top}>
              <text y={10} className="fill-ink text-xs font-medium">
                {fit(panel.title, wide - 8)}
              </text>
              <text y={25} className={panel.marked ? "num fill-ink text-xs" : "num fill-ink-faint text-xs"}>
                {panel.marked && (
                  <tspan fill={SECOND} aria-hidden>
                    ■{" "}
                  </tspan>
                )}
                {fit(panel.note, wide - 16)}
              </text>
              <Group top={PANEL.top}>
                {panel.ordered ? <Steps panel={panel} x={x} y={y} /> : <Twins panel={panel} x={x} y={y} />}
                <line x2={wide} y1={PANEL.plot + 0.5} y2={PANEL.plot + 0.5} stroke="var(--chart-axis)" />
              </Group>
              <text y={each - 4} className={panel.ordered ? "num fill-ink-faint text-xs" : TEXT}>
                {fit(panel.ends[0], panel.ends[1] ? half : wide)}
              </text>
              <text x={wide} y={each - 4} textAnchor="end" className="num fill-ink-faint text-xs">
                {fit(panel.ends[1], half)}
              </text>
            </Group>
          );
        });
        const lines = Math.ceil(panels.length / columns);
        return { height: Math.max(1, lines * (each + PANEL.gap) - PANEL.gap), body, marks };
      }}
    />
  );
}

interface PanelProps {
  panel: OverlayPanel;
  x: (value: number) => number;
  y: (value: number) => number;
}

function Steps({ panel, x, y }: PanelProps) {
  const line = (of: 0 | 1) => panel.bars.map((bar, i) => `V${y(bar.shares[of])}H${x(i + 1)}`).join("");
  return (
    <>
      <path d={`M0 ${y(0)}${line(0)}V${y(0)}Z`} fill={FIRST} fillOpacity={0.35} />
      <path
        d={`M0 ${y(0)}${line(1)}V${y(0)}`}
        fill="none"
        stroke={SECOND}
        strokeWidth={2}
        strokeLinejoin="round"
      />
    </>
  );
}

function Twins({ panel, x, y }: PanelProps) {
  const wide = Math.max(1, x(1) * 0.4);
  return (
    <>
      {panel.bars.map((bar, i) => (
        <Group key={bar.label} left={x(i) + x(1) * 0.1}>
          <Bar
            x={0}
            y={y(bar.shares[0])}
            width={wide}
            height={y(0) - y(bar.shares[0])}
            fill={FIRST}
            fillOpacity={0.35}
          />
          <Bar
            x={wide + 1}
            y={y(bar.shares[1]) + 1}
            width={Math.max(0.5, wide - 2)}
            height={Math.max(0, y(0) - y(bar.shares[1]) - 1)}
            fill="none"
            stroke={SECOND}
            strokeWidth={2}
          />
        </Group>
      ))}
    </>
  );
}
