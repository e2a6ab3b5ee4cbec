import type { Finding } from "@/api/types";
import { EstimatePlot } from "@/charts/estimates";
import { type Fact, Headline, Part } from "@/charts/headline";
import { limitLines } from "@/charts/marks";
import { useNumbers } from "@/charts/use-numbers";
import { addWords, useWords } from "@/charts/words";
import { useCatalogue } from "@/i18n/useCatalogue";
import { Facts } from "@/ui/Facts";

import { limitOf, type StageProps } from "../props";
import en from "./en.json";
import es from "./es.json";
import type { LeakageReport, Power } from "./report";
import { SharedPart } from "./shared";
import { TimesPart } from "./times";

const NAMESPACE = addWords("stage-leakage", { en, es });
const FIRST = 20;

const byScore = (a: Power, b: Power) => (b.score.value ?? -1) - (a.score.value ?? -1);

export default function LeakageStage({ report, findings }: StageProps<LeakageReport>) {
  const say = useWords(NAMESPACE);
  const numbers = useNumbers();
  const { say: shared } = useCatalogue();
  const top = report.features.toSorted(byScore)[0];
  const facts: Fact[] = [
    { label: say("rows"), value: numbers.count(report.rows) },
    ...(top
      ? [
          {
            label: say("largest", { feature: top.column }),
            value: numbers.format(top.score.value, "ratio"),
            note: numbers.interval(top.score, "ratio"),
          },
        ]
      : []),
    ...(report.shared
      ? [
          {
            label: say("shared.share"),
            value: numbers.format(report.shared.rows.value, "share"),
            note: numbers.interval(report.shared.rows, "share"),
          },
        ]
      : []),
    ...(report.predictions
      ? [
          {
            label: say("predictions.largest"),
            value: numbers.format(
              Math.max(report.predictions.single, report.predictions.again),
              "scientific",
            ),
            note: say("predictions.of", { n: numbers.count(report.predictions.rows) }),
          },
        ]
      : []),
  ];
  return (
    <>
      <Headline facts={facts} />
      {report.features.length > 0 && (
        <Part title={say("power.title")}>
          <Powers powers={report.features} check="LEAK-FEATURE" {...{ report, findings }} />
          {report.skipped.length > 0 && (
            <p className="text-sm text-ink-muted">
              {say("power.skipped", {
                columns: report.skipped
                  .map((s) => `${s.column} (${shared(`reasons.${s.reason}`)})`)
                  .join(", "),
              })}
            </p>
          )}
        </Part>
      )}
      {report.identifiers.length > 0 && (
        <Part title={say("identifiers.title")}>
          <Powers powers={report.identifiers} check="LEAK-IDENTIFIER" {...{ report, findings }} />
        </Part>
      )}
      {report.shared && (
        <Part title={say("shared.title")}>
          <SharedPart shared={report.shared} findings={findings} namespace={NAMESPACE} />
        </Part>
      )}
      {report.ids && (
        <Part title={say("ids.title")}>
          <p className="text-base font-medium">
            {say("ids.caption", {
              column: report.ids.column,
              shared: numbers.count(report.ids.shared),
              audited: numbers.count(report.ids.audited),
              reference: numbers.count(report.ids.reference),
              share: numbers.format(report.ids.share.value, "share"),
            })}
          </p>
        </Part>
      )}
      {report.times && (
        <Part title={say("times.title")}>
          <TimesPart times={report.times} namespace={NAMESPACE} />
        </Part>
      )}
      {report.predictions && (
        <Part title={say("predictions.title")} note={say("predictions.note")}>
          <Facts
            items={[
              { name: say("predictions.rows"), value: numbers.count(report.predictions.rows) },
              {
                name: say("predictions.single"),
                value: say("predictions.value", {
                  difference: numbers.format(report.predictions.single, "scientific"),
                  labels: numbers.count(report.predictions.single_labels),
                }),
              },
              {
                name: say("predictions.again"),
                value: say("predictions.value", {
                  difference: numbers.format(report.predictions.again, "scientific"),
                  labels: numbers.count(report.predictions.again_labels),
                }),
              },
            ]}
          />
        </Part>
      )}
    </>
  );
}

interface PowersProps {
  powers: Power[];
  check: string;
  report: LeakageReport;
  findings: Finding[];
}

/** Scores of columns, the largest first; those at or past the limit in another colour. */
function Powers({ powers, check, report, findings }: PowersProps) {
  const say = useWords(NAMESPACE);
  const numbers = useNumbers();
  const sorted = powers.toSorted(byScore);
  const top = sorted[0];
  const limit = limitOf(findings, check);
  const least = limit?.issue ?? limit?.watch;
  const isPast = (p: Power) => least !== undefined && least > 0 && (p.score.value ?? -1) >= least;
  const metric = say(`metrics.${report.metric}`);
  return (
    <EstimatePlot
      mark="bar"
      caption={say(check === "LEAK-FEATURE" ? "power.caption" : "identifiers.caption", {
        feature: top?.column ?? "",
        score: top ? numbers.estimate(top.score, "ratio") : "",
      })}
      note={say("power.note", { metric })}
      computed={say("power.computed", {
        depth: numbers.count(report.depth),
        folds: numbers.count(report.folds),
      })}
      first={FIRST}
      domain={[0, 1]}
      rows={sorted.map((p) => ({
        label: p.column,
        estimates: [p.score],
        marked: isPast(p),
        extra: [numbers.format(p.model, "number", 3), numbers.format(p.naive, "number", 3)],
      }))}
      markedLabel={say("power.marked")}
      extra={[say("power.model", { metric }), say("power.naive", { metric })]}
      unit="ratio"
      rowTitle={say("power.column")}
      valueTitle={say("power.score")}
      limits={limitLines(limit)}
    />
  );
}
