import { scaleLinear } from "@visx/scale";

import { Figure, type Mark } from "@/charts/figure";
import { colourOf } from "@/charts/marks";
import { useNumbers } from "@/charts/use-numbers";
import { useWords } from "@/charts/words";

import type { LeakageReport } from "./report";

type Times = NonNullable<LeakageReport["times"]>;

const ROW = 34;

/** Both tables on one line of time. */
export function TimesPart({ times, namespace }: { times: Times; namespace: string }) {
  const say = useWords(namespace);
  const numbers = useNumbers();
  // The engine counts microseconds.
  const date = new Intl.DateTimeFormat(numbers.language, { dateStyle: "medium", timeZone: "UTC" });
  const at = (value: number) =>
    times.is_time ? date.format(new Date(value / 1000)) : numbers.format(value, "number");
  const lines = [
    { label: say("reference"), span: times.reference },
    { label: say("audited"), span: times.audited },
  ];
  const ends = [...times.reference, ...times.audited];
  return (
    <Figure
      caption={say(times.overlap.value === 0 ? "times.after" : "times.caption", {
        share: numbers.format(times.overlap.value, "share"),
        last: at(times.reference[1]),
        column: times.column,
      })}
      nearest="y"
      table={{
        columns: [
          { label: say("times.table") },
          { label: say("times.first"), numeric: true },
          { label: say("times.last"), numeric: true },
        ],
        rows: lines.map(({ label, span }) => [label, at(span[0]), at(span[1])]),
      }}
      draw={(width) => {
        const x = scaleLinear<number>({
          domain: [Math.min(...ends), Math.max(...ends, Math.min(...ends) + 1)],
          range: [4, width - 4],
        });
        const marks: Mark[] = lines.map(({ span }, i) => ({
          x: x((span[0] + span[1]) / 2),
          y: i * ROW + 22,
          row: i,
        }));
        const body = lines.map(({ label, span }, i) => (
          <g key={label}>
            <text x={4} y={i * ROW + 12} className="num fill-ink-muted text-xs">
              {`${label}: ${at(span[0])} – ${at(span[1])}`}
            </text>
            <rect
              x={x(span[0])}
              y={i * ROW + 18}
              width={Math.max(3, x(span[1]) - x(span[0]))}
              height={8}
              rx={3}
              fill={colourOf(i)}
              fillOpacity={0.75}
            />
          </g>
        ));
        return { height: lines.length * ROW, body, marks };
      }}
    />
  );
}
