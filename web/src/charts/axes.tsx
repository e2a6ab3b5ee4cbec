import { AxisBottom, AxisLeft, type TickRendererProps } from "@visx/axis";
import { GridColumns, GridRows } from "@visx/grid";
import type { scaleLinear } from "@visx/scale";

import type { Numbers, Unit } from "./numbers";

export type Linear = ReturnType<typeof scaleLinear<number>>;

interface AxisProps {
  scale: Linear;
  unit: Unit;
  numbers: Numbers;
  title: string;
}

/** Digits of an axis follow its step; large numbers are written short. */
function tick(scale: Linear, count: number, unit: Unit, numbers: Numbers) {
  const [first = 0, second = 1] = scale.ticks(count);
  const step = Math.abs(second - first);
  const digits = places(unit === "share" || unit === "points" ? step * 100 : step);
  return (value: number) =>
    Math.abs(value) >= 10_000
      ? compact(numbers.language, value)
      : numbers.tick(value, unit === "scientific" || unit === "p" ? "number" : unit, digits);
}

const places = (step: number) => Math.max(0, Math.min(6, -Math.floor(Math.log10(step) + 1e-9)));

function compact(language: string, value: number): string {
  return new Intl.NumberFormat(language, { notation: "compact", maximumFractionDigits: 1 }).format(value);
}

function BottomTick({ x, y, formattedValue }: TickRendererProps) {
  return (
    <text x={x} y={y} dy="0.3em" textAnchor="middle" className="num fill-ink-faint text-xs">
      {formattedValue}
    </text>
  );
}

function LeftTick({ x, y, formattedValue }: TickRendererProps) {
  return (
    <text x={x} y={y} dy="0.32em" textAnchor="end" className="num fill-ink-faint text-xs">
      {formattedValue}
    </text>
  );
}

/** Ticks, numbers and title below a drawing, with lines up through it. */
export function XAxis({
  scale,
  unit,
  numbers,
  title,
  top,
  height,
}: AxisProps & { top: number; height: number }) {
  const [left = 0, right = 0] = scale.range();
  const count = Math.max(2, Math.floor((right - left) / 80));
  const format = tick(scale, count, unit, numbers);
  return (
    <>
      <GridColumns
        scale={scale}
        top={top - height}
        height={height}
        numTicks={count}
        stroke="var(--chart-grid)"
        pointerEvents="none"
      />
      <AxisBottom
        scale={scale}
        top={top}
        numTicks={count}
        stroke="var(--chart-axis)"
        hideTicks
        tickComponent={BottomTick}
        tickFormat={(value) => format(Number(value))}
      />
      <text x={(left + right) / 2} y={top + 38} textAnchor="middle" className="fill-ink-muted text-xs">
        {title}
      </text>
    </>
  );
}

/** Ticks and numbers at the left of a drawing; the title stands above, so that no word is turned. */
export function YAxis({
  scale,
  unit,
  numbers,
  title,
  left,
  width,
}: AxisProps & { left: number; width: number }) {
  const [bottom = 0, top = 0] = scale.range();
  const count = Math.max(2, Math.floor(Math.abs(bottom - top) / 48));
  const format = tick(scale, count, unit, numbers);
  return (
    <>
      <GridRows
        scale={scale}
        left={left}
        width={width}
        numTicks={count}
        stroke="var(--chart-grid)"
        pointerEvents="none"
      />
      <AxisLeft
        scale={scale}
        left={left}
        numTicks={count}
        hideAxisLine
        hideTicks
        tickComponent={LeftTick}
        tickFormat={(value) => format(Number(value))}
      />
      <text x={left} y={top - 8} className="fill-ink-muted text-xs">
        {title}
      </text>
    </>
  );
}

/** Height below the drawing that an [`XAxis`] takes. */
export const X_AXIS = 46;
/** Height above the drawing that the title of a [`YAxis`] takes. */
export const Y_TITLE = 18;
