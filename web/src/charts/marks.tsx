import type { AppliedLimit } from "@/api/types";

import type { LegendItem } from "./legend";
import type { Numbers, Unit } from "./numbers";
import type { Say } from "./words";

export type Shape = "circle" | "square" | "diamond" | "triangle" | "bar";

const SHAPES: Shape[] = ["circle", "square", "diamond", "triangle", "bar"];
const DASHES = [undefined, "7 3", "2 3", "9 3 2 3", "1 3"];
const HUES = 5;

/** A series is told apart by colour and shape, so that colour is never alone. */
export const colourOf = (series: number) => `var(--chart-${(series % HUES) + 1})`;
export const shapeOf = (series: number): Shape => SHAPES[series % SHAPES.length]!;
export const dashOf = (series: number) => DASHES[Math.floor(series) % DASHES.length];

interface DotProps {
  x: number;
  y: number;
  size: number;
  shape: Shape;
  colour: string;
}

export function Dot({ x, y, size, shape, colour }: DotProps) {
  const edge = { fill: colour, stroke: "var(--surface)", strokeWidth: 1 };
  switch (shape) {
    case "circle":
      return <circle cx={x} cy={y} r={size} {...edge} />;
    case "square":
      return <rect x={x - size} y={y - size} width={2 * size} height={2 * size} {...edge} />;
    case "diamond": {
      const r = size * 1.25;
      return <path d={`M${x} ${y - r}L${x + r} ${y}L${x} ${y + r}L${x - r} ${y}Z`} {...edge} />;
    }
    case "triangle": {
      const r = size * 1.2;
      return <path d={`M${x} ${y - r}L${x + r} ${y + r}L${x - r} ${y + r}Z`} {...edge} />;
    }
    case "bar":
      return <rect x={x - size / 2} y={y - size * 1.3} width={size} height={2.6 * size} {...edge} />;
  }
}

interface WhiskerProps {
  low: number;
  high: number;
  y: number;
  colour: string;
  cap?: number;
}

/** A horizontal interval. */
export function Whisker({ low, high, y, colour, cap = 3 }: WhiskerProps) {
  return (
    <path
      d={`M${low} ${y}H${high}M${low} ${y - cap}v${2 * cap}M${high} ${y - cap}v${2 * cap}`}
      stroke={colour}
      strokeWidth={1.5}
      fill="none"
    />
  );
}

export interface Limit {
  value: number;
  kind: "limit" | "watch" | "reference";
  /** Holds on both sides of zero. */
  mirrored?: boolean;
}

export const LIMIT_LOOK: Record<Limit["kind"], { colour: string; dash: string }> = {
  limit: { colour: "var(--chart-limit)", dash: "5 3" },
  watch: { colour: "var(--watch)", dash: "1.5 3" },
  reference: { colour: "var(--chart-axis)", dash: "8 3" },
};

export function limitLines(limit: AppliedLimit | undefined): Limit[] {
  if (!limit) return [];
  const lines: Limit[] = [];
  if (limit.watch !== undefined) lines.push({ value: limit.watch, kind: "watch" });
  if (limit.issue !== undefined) lines.push({ value: limit.issue, kind: "limit" });
  return lines;
}

export function limitLegend(limits: Limit[], unit: Unit, numbers: Numbers, say: Say): LegendItem[] {
  const words = { limit: "limit", watch: "watchLimit", reference: "reference" } as const;
  return limits.map(({ kind, value, mirrored }) => ({
    kind: "line",
    label: say(words[kind], { value: `${mirrored ? "±" : ""}${numbers.limit(value, unit)}` }),
    ...LIMIT_LOOK[kind],
  }));
}

/** Cuts a label to a width; 12 px Inter takes about 6.3 px a letter. */
export function fit(label: string, width: number): string {
  const letters = Math.floor(width / 6.3);
  return label.length <= letters ? label : `${label.slice(0, Math.max(1, letters - 1)).trimEnd()}…`;
}

/** Breaks a label into at most two lines of a width. */
export function twoLines(label: string, width: number): string[] {
  if (fit(label, width) === label) return [label];
  const parts = label.split(/(?<=[ ·_/-])/);
  let first = parts.shift() ?? "";
  while (parts[0] !== undefined && fit(first + parts[0], width) === first + parts[0]) first += parts.shift();
  return parts.length === 0 ? [fit(first, width)] : [fit(first.trimEnd(), width), fit(parts.join(""), width)];
}

interface RowLabelProps {
  label: string;
  x: number;
  y: number;
  width: number;
}

/** The name of a row at the left of a drawing. */
export function RowLabel({ label, x, y, width }: RowLabelProps) {
  const lines = twoLines(label, width);
  return (
    <text x={x} y={y} textAnchor="end" className={TEXT}>
      {lines.map((line, i) => (
        <tspan key={line} x={x} dy={i === 1 ? "1.05em" : lines.length === 2 ? "-0.2em" : "0.32em"}>
          {line}
        </tspan>
      ))}
    </text>
  );
}

export const TEXT = "fill-ink-muted text-xs";
export const STRONG = "fill-ink text-xs num";
