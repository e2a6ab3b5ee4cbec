import { TooltipWithBounds } from "@visx/tooltip";
import { type KeyboardEvent, type PointerEvent, type ReactNode, useId, useState } from "react";

import { Legend, type LegendItem } from "./legend";
import { TableTwin, type Twin } from "./table-twin";
import { useWidth } from "./use-width";
import { useChartWords } from "./words";

/** A place of the drawing that the pointer and the arrow keys can reach; `row` is its row of the table twin. */
export interface Mark {
  x: number;
  y: number;
  row: number;
  /** Size of the frame drawn around the mark; a ring when left out. */
  box?: { x: number; y: number; width: number; height: number };
}

export interface Drawing {
  height: number;
  body: ReactNode;
  marks: Mark[];
}

export interface FigureWords {
  /** The finding in words: also the name of the drawing. */
  caption: string;
  /** Unit, n, how the interval was made. */
  note?: string | undefined;
  /** How the numbers were made, shown on request. */
  computed?: ReactNode;
}

interface FigureProps extends FigureWords {
  table: Twin;
  legend?: LegendItem[];
  /** Controls between caption and drawing. */
  controls?: ReactNode;
  /** Which distance decides what the pointer means. */
  nearest?: "x" | "y" | "xy";
  draw: (width: number) => Drawing;
}

/**
 * The one frame of all charts: caption in words, drawing with one tab stop and arrow keys inside, table twin, and how
 * it is computed. What the tooltip says is a row of the table.
 */
export function Figure({
  caption,
  note,
  computed,
  table,
  legend,
  controls,
  nearest = "xy",
  draw,
}: FigureProps) {
  const say = useChartWords();
  const id = useId();
  const { ref, width } = useWidth<HTMLDivElement>();
  const [open, setOpen] = useState<"table" | "computed" | null>(null);
  const { height, body, marks } = draw(width);
  return (
    <figure className="flex min-w-0 flex-col gap-2 break-inside-avoid" aria-labelledby={id}>
      <figcaption id={id} className="max-w-[75ch] wrap-anywhere text-base font-medium text-pretty text-ink">
        {caption}
      </figcaption>
      {note && <p className="max-w-[80ch] text-xs text-ink-faint">{note}</p>}
      {controls}
      {legend && legend.length > 0 && <Legend items={legend} />}
      <div ref={ref} className="relative min-w-0">
        <svg
          role="img"
          aria-labelledby={id}
          width={width}
          height={height}
          viewBox={`0 0 ${width} ${height}`}
          className="block h-auto max-w-full overflow-visible"
        >
          {body}
        </svg>
        {marks.length > 0 && <Cursor {...{ marks, table, nearest, width, height, describedBy: id }} />}
      </div>
      <div className="flex flex-wrap gap-x-4 print:hidden">
        <Toggle open={open === "table"} onToggle={() => setOpen(open === "table" ? null : "table")}>
          {open === "table" ? say("hideTable") : say("showTable")}
        </Toggle>
        {computed && (
          <Toggle
            open={open === "computed"}
            onToggle={() => setOpen(open === "computed" ? null : "computed")}
          >
            {say("computed")}
          </Toggle>
        )}
      </div>
      {open === "table" && <TableTwin twin={table} label={say("tableOf", { caption })} />}
      {open === "computed" && (
        <div className="max-w-[75ch] rounded-md bg-sunken px-3 py-2 text-sm text-ink-muted">{computed}</div>
      )}
    </figure>
  );
}

function Toggle({ open, onToggle, children }: { open: boolean; onToggle: () => void; children: ReactNode }) {
  return (
    <button
      type="button"
      aria-expanded={open}
      onClick={onToggle}
      className="min-h-6 cursor-pointer text-xs text-accent-ink underline decoration-line-strong underline-offset-4 hover:decoration-current"
    >
      {children}
    </button>
  );
}

interface CursorProps {
  marks: Mark[];
  table: Twin;
  nearest: "x" | "y" | "xy";
  width: number;
  height: number;
  describedBy: string;
}

/** The single tab stop: a slider over the marks, so that a screen reader speaks each value as the keys move. */
function Cursor({ marks, table, nearest, width, height, describedBy }: CursorProps) {
  const say = useChartWords();
  const [at, setAt] = useState(0);
  const [shown, setShown] = useState(false);
  const index = Math.min(at, marks.length - 1);
  const mark = marks[index]!;
  const cells = table.rows[mark.row] ?? [];

  function onKeyDown(event: KeyboardEvent) {
    if (event.key === "Escape") return setShown(false);
    const next = moved(event.key, index, marks.length);
    if (next === null) return;
    event.preventDefault();
    setAt(next);
    setShown(true);
  }
  function onPointer(event: PointerEvent<HTMLDivElement>) {
    const area = event.currentTarget.getBoundingClientRect();
    const x = ((event.clientX - area.left) / area.width) * width;
    const y = ((event.clientY - area.top) / area.height) * height;
    setAt(closest(marks, x, y, nearest));
    setShown(true);
  }
  return (
    <>
      <div
        role="slider"
        tabIndex={0}
        aria-label={say("cursor")}
        aria-describedby={describedBy}
        aria-valuemin={1}
        aria-valuemax={marks.length}
        aria-valuenow={index + 1}
        aria-valuetext={cells.map((cell, i) => `${table.columns[i]?.label ?? ""}: ${cell}`).join("; ")}
        onKeyDown={onKeyDown}
        onFocus={(event) => event.currentTarget.matches(":focus-visible") && setShown(true)}
        onBlur={() => setShown(false)}
        onPointerMove={onPointer}
        onPointerDown={onPointer}
        onPointerLeave={() => setShown(false)}
        className="absolute inset-0 touch-pan-y rounded-sm print:hidden"
      />
      {shown && (
        <>
          <svg
            aria-hidden="true"
            viewBox={`0 0 ${width} ${height}`}
            className="pointer-events-none absolute inset-0 h-full w-full overflow-visible"
          >
            {mark.box ? (
              <rect {...mark.box} rx={2} fill="none" stroke="var(--ink)" strokeWidth={1.5} />
            ) : (
              <circle cx={mark.x} cy={mark.y} r={6} fill="none" stroke="var(--ink)" strokeWidth={1.5} />
            )}
          </svg>
          <TooltipWithBounds
            key={`${index}`}
            left={mark.x}
            top={mark.y}
            unstyled
            applyPositionStyle
            className="pointer-events-none z-20 max-w-72 rounded-md border border-line bg-surface px-2.5 py-1.5 text-xs shadow-float"
            aria-hidden="true"
          >
            <p className="font-medium text-ink">{cells[0]}</p>
            <dl className="num grid grid-cols-[auto_auto] gap-x-3 text-ink-muted">
              {cells.slice(1).map((cell, i) => (
                <div key={table.columns[i + 1]?.label} className="contents">
                  <dt>{table.columns[i + 1]?.label}</dt>
                  <dd className="text-right text-ink">{cell}</dd>
                </div>
              ))}
            </dl>
          </TooltipWithBounds>
        </>
      )}
    </>
  );
}

export function moved(key: string, at: number, length: number): number | null {
  const last = length - 1;
  switch (key) {
    case "ArrowRight":
    case "ArrowDown":
      return Math.min(at + 1, last);
    case "ArrowLeft":
    case "ArrowUp":
      return Math.max(at - 1, 0);
    case "PageDown":
      return Math.min(at + 10, last);
    case "PageUp":
      return Math.max(at - 10, 0);
    case "Home":
      return 0;
    case "End":
      return last;
    default:
      return null;
  }
}

export function closest(marks: Mark[], x: number, y: number, by: "x" | "y" | "xy"): number {
  let best = 0;
  let least = Infinity;
  for (const [i, mark] of marks.entries()) {
    // Along the main direction first; the other one only breaks ties.
    const dx = Math.abs(mark.x - x) * (by === "y" ? 0.01 : 1);
    const dy = Math.abs(mark.y - y) * (by === "x" ? 0.01 : 1);
    const distance = dx * dx + dy * dy;
    if (distance < least) [best, least] = [i, distance];
  }
  return best;
}
