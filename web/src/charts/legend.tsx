import { Dot, type Shape } from "./marks";

export interface LegendItem {
  label: string;
  colour: string;
  /** A line is drawn for limits and curves, an area for bands, a ramp for the scale of values. */
  kind: "dot" | "line" | "area" | "ramp";
  shape?: Shape;
  dash?: string | undefined;
  /** Other end of a ramp. */
  end?: { colour: string; label: string };
}

export function Legend({ items }: { items: LegendItem[] }) {
  return (
    <ul className="flex flex-wrap gap-x-4 gap-y-1 text-xs text-ink-muted">
      {items.map((item) => (
        <li key={item.label} className="flex items-center gap-1.5">
          {item.kind === "ramp" && item.end ? (
            <>
              <span>{item.label}</span>
              <span
                aria-hidden="true"
                className="h-2 w-20 rounded-sm"
                style={{ background: `linear-gradient(to right, ${item.colour}, ${item.end.colour})` }}
              />
              <span>{item.end.label}</span>
            </>
          ) : (
            <>
              <svg aria-hidden="true" width={18} height={12} className="shrink-0">
                <Swatch item={item} />
              </svg>
              <span>{item.label}</span>
            </>
          )}
        </li>
      ))}
    </ul>
  );
}

function Swatch({ item }: { item: LegendItem }) {
  if (item.kind === "area") return <rect y={2} width={18} height={8} rx={2} fill={item.colour} />;
  if (item.kind === "line")
    return (
      <line x1={0} x2={18} y1={6} y2={6} stroke={item.colour} strokeWidth={2} strokeDasharray={item.dash} />
    );
  return <Dot x={9} y={6} size={4} shape={item.shape ?? "circle"} colour={item.colour} />;
}
