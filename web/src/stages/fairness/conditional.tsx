import { useState } from "react";

import { EstimatePlot } from "@/charts/estimates";
import { Part } from "@/charts/headline";
import { useNumbers } from "@/charts/use-numbers";
import { useWords } from "@/charts/words";
import { Select } from "@/ui/Select";

import type { Conditional } from "./report";

const nameOf = (c: Conditional) => `${c.attribute}: ${c.group} / ${c.reference}`;

/** Decisions of rows that are alike in some columns. */
export function ConditionalPart({ all, namespace }: { all: Conditional[]; namespace: string }) {
  const say = useWords(namespace);
  const numbers = useNumbers();
  const [first] = all;
  const [name, setName] = useState(first ? nameOf(first) : "");
  const chosen = all.find((c) => nameOf(c) === name) ?? first;
  if (!first || !chosen) return null;
  const columns = first.columns.join(", ");
  const apart = (c: Conditional) => Math.abs(Math.log(c.common.value ?? 1));
  const widest = all.toSorted((a, b) => apart(b) - apart(a))[0] ?? first;
  return (
    <>
      <Part title={say("strata.title", { columns })} note={say("strata.intro")}>
        <EstimatePlot
          mark="dot"
          caption={say("strata.caption", {
            group: widest.group,
            reference: widest.reference,
            columns,
            common: numbers.estimate(widest.common, "ratio"),
            crude: numbers.estimate(widest.crude, "ratio"),
          })}
          computed={say("strata.computed")}
          rows={all.map((c) => ({
            label: nameOf(c),
            estimates: [c.common, c.crude],
            extra: [
              numbers.format(c.p_adjusted, "p"),
              numbers.format(c.homogeneity?.p, "p"),
              `${numbers.count(c.informative)} / ${numbers.count(c.strata)}`,
              numbers.count(c.unknown),
            ],
          }))}
          series={[say("strata.common"), say("strata.crude")]}
          extra={[say("gaps.p"), say("strata.homogeneity"), say("strata.informative"), say("strata.unknown")]}
          unit="ratio"
          rowTitle={say("rates.group")}
          valueTitle={say("strata.value")}
          limits={[{ kind: "reference", value: 1 }]}
        />
      </Part>
      <Part title={say("strata.each")}>
        {all.length > 1 && (
          <Select
            label={say("rates.group")}
            className="max-w-80"
            size="sm"
            options={all.map((c) => ({ id: nameOf(c), label: nameOf(c) }))}
            value={nameOf(chosen)}
            onChange={setName}
          />
        )}
        {chosen.tables.length > 0 ? (
          <EstimatePlot
            mark="dot"
            caption={say("strata.rates", { group: chosen.group, reference: chosen.reference })}
            note={
              chosen.homogeneity
                ? say(chosen.homogeneity.p < 0.05 ? "strata.differ" : "strata.alike", {
                    p: numbers.format(chosen.homogeneity.p, "p"),
                  })
                : undefined
            }
            first={20}
            rows={chosen.tables.map((t) => ({ label: t.name, estimates: t.rates }))}
            series={[chosen.group, chosen.reference]}
            unit="share"
            rowTitle={columns}
            valueTitle={say("rate.selection_rate")}
          />
        ) : (
          <p className="text-base">{say("strata.many", { n: numbers.count(chosen.strata) })}</p>
        )}
      </Part>
    </>
  );
}
