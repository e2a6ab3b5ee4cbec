import { useState } from "react";

import { EstimatePlot } from "@/charts/estimates";
import { Pair } from "@/charts/headline";
import { LineChart } from "@/charts/lines";
import { useNumbers } from "@/charts/use-numbers";
import { useWords } from "@/charts/words";
import { useCatalogue } from "@/i18n/useCatalogue";
import { Select } from "@/ui/Select";

import type { RobustnessReport, Scenario } from "./report";

interface ResilienceProps {
  report: RobustnessReport;
  metric: string;
  namespace: string;
}

/** The metric on the rows that a shift could leave, and how those rows differ. */
export function ResiliencePart({ report, metric, namespace }: ResilienceProps) {
  const say = useWords(namespace);
  const numbers = useNumbers();
  const { say: word } = useCatalogue();
  const known = report.resilience.filter((s) => s.points.some((p) => p.value !== null));
  const [chosen, setChosen] = useState("hard-sample");
  const scenario = known.find((s) => s.id === chosen) ?? known[0];
  const unknown = report.resilience.filter((s) => s.reason !== null);
  if (!scenario) return <p className="text-base font-medium">{say("resilience.none")}</p>;
  const name = (s: Scenario) => word(`scenarios.${s.id}`);
  const outer = known.find((s) => s.id === "outer-sample")?.points[0];
  return (
    <>
      <Pair>
        <LineChart
          caption={
            outer && outer.value !== null
              ? say("resilience.caption", {
                  share: numbers.format(outer.share, "share", 0),
                  metric,
                  value: numbers.format(outer.value, "number", 3),
                  from: numbers.format(report.baseline, "number", 3),
                  drop: numbers.estimate(outer.drop, "number"),
                })
              : say("resilience.captionPlain", { metric })
          }
          computed={say("resilience.computed")}
          series={known.map((s) => ({
            label: name(s),
            points: s.points.flatMap((p) =>
              p.value === null
                ? []
                : [
                    {
                      x: p.share,
                      y: p.value,
                      low: p.drop.high === null ? null : report.baseline - p.drop.high,
                      high: p.drop.low === null ? null : report.baseline - p.drop.low,
                    },
                  ],
            ),
          }))}
          xTitle={say("resilience.share")}
          yTitle={metric}
          xUnit="share"
          yUnit="number"
          limits={[{ kind: "reference", value: report.baseline }]}
          dots
        />
        <div className="flex flex-col gap-3">
          <Select
            label={say("resilience.rows")}
            className="max-w-72"
            size="sm"
            options={known.map((s) => ({ id: s.id, label: name(s) }))}
            value={scenario.id}
            onChange={setChosen}
          />
          <Differences scenario={scenario} namespace={namespace} />
        </div>
      </Pair>
      {unknown.map((s) => (
        <p key={s.id} className="max-w-[75ch] text-sm text-ink-muted">
          {say("resilience.notMeasured", { scenario: name(s), reason: word(`reasons.${s.reason}`) })}
        </p>
      ))}
    </>
  );
}

function Differences({ scenario, namespace }: { scenario: Scenario; namespace: string }) {
  const say = useWords(namespace);
  const numbers = useNumbers();
  const [first] = scenario.features;
  const share = numbers.format(scenario.compared_share, "share", 0);
  if (!first) return <p className="text-base font-medium">{say("resilience.noFeatures")}</p>;
  return (
    <EstimatePlot
      mark="bar"
      caption={say("resilience.differs", {
        share,
        feature: first.feature,
        psi: numbers.estimate(first.psi, "number"),
        chance: numbers.format(first.by_chance, "number", 3),
      })}
      computed={say("resilience.psiComputed", { share })}
      first={10}
      rows={scenario.features.map((f) => ({
        label: f.feature,
        estimates: [f.psi],
        extra: [numbers.format(f.by_chance, "number", 3)],
      }))}
      extra={[say("resilience.chance")]}
      unit="number"
      rowTitle={say("features.feature")}
      valueTitle={say("resilience.psi")}
    />
  );
}
