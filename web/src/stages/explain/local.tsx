import { useState } from "react";

import { useNumbers } from "@/charts/use-numbers";
import { Waterfall } from "@/charts/waterfall";
import { useWords } from "@/charts/words";
import { Select } from "@/ui/Select";

import { Counterfactuals } from "./counterfactuals";
import type { RowExplanation } from "./report";

interface LocalPartProps {
  rows: RowExplanation[];
  /** Features that counterfactuals leave alone. */
  immutable: string[];
  scale: string;
  namespace: string;
}

/** One row at a time: from the base value to its prediction, why it was decided so, and what would change that. */
export function LocalPart({ rows, immutable, scale, namespace }: LocalPartProps) {
  const say = useWords(namespace);
  const numbers = useNumbers();
  const [chosen, setChosen] = useState("0");
  const row = rows[Number(chosen)] ?? rows[0];
  if (!row) return <p className="text-base font-medium">{say("local.none")}</p>;
  const [feature, value, phi] = row.contributions[0] ?? ["–", "–", 0];
  const kind = (r: RowExplanation) => say(`local.kinds.${r.kind}`);
  const notes = [
    row.class === undefined ? "" : say("local.class", { class: row.class }),
    row.stands_for === undefined
      ? ""
      : say("local.standsFor", { share: numbers.format(row.stands_for, "share", 0) }),
  ];
  return (
    <div className="flex min-w-0 flex-col gap-5">
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
        note={notes.filter(Boolean).join(" ") || undefined}
        computed={say("local.computed")}
        base={row.base}
        prediction={row.prediction}
        contributions={row.contributions}
        rest={row.rest}
        valueTitle={say("local.value", { scale })}
      />
      {row.reasons.length > 0 && (
        <section className="flex min-w-0 flex-col gap-2">
          <h4 className="text-base font-medium">{say("reasons.against")}</h4>
          <ol className="num max-w-[75ch] list-decimal pl-6 text-sm">
            {row.reasons.map((r) => (
              <li key={r.feature} className="py-0.5 break-words">
                {say("reasons.one", {
                  feature: r.feature,
                  value: r.value || say("counterfactual.missing"),
                  phi: numbers.format(r.contribution, "number", 3),
                })}
              </li>
            ))}
          </ol>
        </section>
      )}
      {row.counterfactuals && (
        <Counterfactuals answer={row.counterfactuals} immutable={immutable} namespace={namespace} />
      )}
    </div>
  );
}
