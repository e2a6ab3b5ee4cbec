import { useState } from "react";

import type { Finding } from "@/api/types";
import { EstimatePlot } from "@/charts/estimates";
import { Part } from "@/charts/headline";
import { limitLines } from "@/charts/marks";
import { useNumbers } from "@/charts/use-numbers";
import { useWords } from "@/charts/words";
import { useCatalogue } from "@/i18n/useCatalogue";
import { Select } from "@/ui/Select";

import { limitOf } from "../props";
import type { Proxies } from "./report";

interface ProxiesProps {
  all: Proxies[];
  findings: Finding[];
  namespace: string;
}

/** How well the other features tell each attribute, and which of them do. */
export function ProxiesPart({ all, findings, namespace }: ProxiesProps) {
  const say = useWords(namespace);
  const numbers = useNumbers();
  const { say: word } = useCatalogue();
  const measured = all.filter((p) => p.reason === null);
  const [name, setName] = useState(measured[0]?.attribute ?? "");
  const chosen = measured.find((p) => p.attribute === name) ?? measured[0];
  const told = measured.flatMap((p) => p.groups.map((g) => ({ ...g, attribute: p.attribute })));
  const best = told.toSorted((a, b) => (b.separation.value ?? -1) - (a.separation.value ?? -1))[0];
  return (
    <>
      <Part title={say("proxies.title")} note={say("proxies.intro")}>
        {best && (
          <EstimatePlot
            mark="bar"
            caption={say("proxies.caption", {
              group: best.group,
              attribute: best.attribute,
              value: numbers.estimate(best.separation, "ratio"),
            })}
            note={say("proxies.fitted", {
              n: numbers.count(Math.max(...measured.map((p) => p.fitted_rows))),
            })}
            computed={say("proxies.computed")}
            rows={told.map((g) => ({
              label: `${g.attribute}: ${g.group}`,
              estimates: [g.separation],
              extra: [numbers.estimate(g.auc, "number")],
            }))}
            extra={[say("proxies.auc")]}
            unit="ratio"
            rowTitle={say("rates.group")}
            valueTitle={say("proxies.separation")}
            limits={limitLines(limitOf(findings, "FAIR-PROXY"))}
          />
        )}
        {all
          .filter((p) => p.reason !== null)
          .map((p) => (
            <p key={p.attribute} className="text-base">
              {say("notMeasured", { attribute: p.attribute, reason: word(`reasons.${p.reason}`) })}
            </p>
          ))}
      </Part>
      {chosen && (
        <Part title={say("proxies.which")}>
          {measured.length > 1 && (
            <Select
              label={say("attribute")}
              className="max-w-72"
              size="sm"
              options={measured.map((p) => ({ id: p.attribute, label: p.attribute }))}
              value={chosen.attribute}
              onChange={setName}
            />
          )}
          <Features proxies={chosen} namespace={namespace} />
        </Part>
      )}
    </>
  );
}

function Features({ proxies, namespace }: { proxies: Proxies; namespace: string }) {
  const say = useWords(namespace);
  const numbers = useNumbers();
  const { say: word } = useCatalogue();
  const rows = proxies.features.flatMap((f) => (f.power ? [{ ...f, power: f.power }] : []));
  const without = proxies.features.filter((f) => f.power === null).map((f) => f.feature);
  const [top] = rows;
  return (
    <EstimatePlot
      mark="bar"
      caption={
        top && (top.power.value ?? 0) > 0
          ? say("proxies.top", {
              feature: top.feature,
              attribute: proxies.attribute,
              power: numbers.estimate(top.power, "ratio"),
            })
          : say("proxies.none", { attribute: proxies.attribute })
      }
      note={
        [
          proxies.is_feature ? say("proxies.isFeature", { attribute: proxies.attribute }) : "",
          without.length > 0 ? say("proxies.without", { names: without.join(", ") }) : "",
        ]
          .filter(Boolean)
          .join(" ") || undefined
      }
      computed={say("proxies.powerComputed")}
      first={15}
      rows={rows.map((f) => ({
        label: f.feature,
        estimates: [f.power],
        marked: f.declared,
        extra: [
          numbers.format(f.association, "ratio"),
          word(`associations.${f.measure}`),
          f.share ? numbers.estimate(f.share, "share") : "–",
        ],
      }))}
      extra={[say("proxies.association"), say("proxies.measure"), say("proxies.share")]}
      markedLabel={say("proxies.declared")}
      unit="ratio"
      rowTitle={say("proxies.feature")}
      valueTitle={say("proxies.power")}
    />
  );
}
