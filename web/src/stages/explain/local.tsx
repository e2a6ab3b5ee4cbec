import { useState } from "react";

import { useNumbers } from "@/charts/use-numbers";
import { Waterfall } from "@/charts/waterfall";
import { useWords } from "@/charts/words";
import { Select } from "@/ui/Select";

import type { RowExplanation } from "./report";

interface LocalPartProps {
  rows: RowExplanation[];
  scale: string;
  namespace: string;
}

/** One row at a time: from the base value to its prediction. */
export function LocalPart({ rows, scale, namespace }: LocalPartProps) {
  const say = useWords(namespace);
  const numbers = useNumbers();
  const [chosen, setChosen] = useState("0");
  const row = rows[Number(chosen)] ?? rows[0];
  if (!row) return <p className="text-base font-medium">{say("local.none")}</p>;
  const [feature, value, phi] = row.contributions[0] ?? ["–", "–", 0];
  const kind = (r: RowExplanation) => say(`local.kinds.${r.kind}`);
  return (
    <div className="flex flex-col gap-4">
      <Select
        label={say("local.choose")}
        size="sm"
        className="max-w-80"
        options={rows.map((r, i) => ({
          id: String(i),
          label: say("local.option", { row: numbers.count(r.row + 1), kind: kind(r) }),
        }))}
        value={String(rows.indexOf(row))}
        onChange={setChosen}
      />
      <Waterfall
        caption={say("local.caption", {
          row: numbers.count(row.row + 1),
          kind: kind(row),
          truth: row.truth,
          feature,
          value,
          direction: say(phi < 0 ? "local.lower" : "local.raise"),
          phi: numbers.format(Math.abs(phi), "number"),
        })}
        note={row.class === undefined ? undefined : say("local.class", { class: row.class })}
        computed={say("local.computed")}
        base={row.base}
        prediction={row.prediction}
        contributions={row.contributions}
        rest={row.rest}
        valueTitle={say("local.value", { scale })}
      />
    </div>
  );
}
