import type { Estimate } from "@/api/types";
import { EstimatePlot } from "@/charts/estimates";
import { type Fact, Headline, Pair, Part } from "@/charts/headline";
import { LineChart } from "@/charts/lines";
import { limitLines } from "@/charts/marks";
import { digitsOf, type Unit } from "@/charts/numbers";
import { useNumbers } from "@/charts/use-numbers";
import { addWords, useWords } from "@/charts/words";
import { useCatalogue } from "@/i18n/useCatalogue";

import { limitOf, type StageProps } from "../props";
import { AttackPart } from "./attack";
import en from "./en.json";
import es from "./es.json";
import { NonsensePart } from "./nonsense";
import type { RobustnessReport, StressLevel } from "./report";
import { ResiliencePart } from "./resilience";

const NAMESPACE = addWords("stage-robustness", { en, es });
const FIRST = 20;

export default function RobustnessStage({ report, findings }: StageProps<RobustnessReport>) {
  const say = useWords(NAMESPACE);
  const numbers = useNumbers();
  const { say: word } = useCatalogue();
  const metric = word(`metrics.${report.metric}`);
  const fact = (label: string, e: Estimate, unit: Unit = "number"): Fact => ({
    label,
    value: e.value === null ? numbers.estimate(e, unit) : numbers.format(e.value, unit, digitsOf([e], unit)),
    note: numbers.interval(e, unit),
  });
  const share = (label: string, e: Estimate | null) => (e ? [fact(label, e, "share")] : []);
  return (
    <>
      <Headline
        facts={[
          {
            label: say("baseline", { metric }),
            value: numbers.format(report.baseline, "number", 3),
            note: say(report.sampled ? "sampledRows" : "rows", { n: numbers.count(report.rows) }),
          },
          fact(say("drop"), report.metric_drop),
          fact(say("masked"), report.missing_feature_impact),
          ...share(say("silent"), report.silent_acceptance),
          ...share(say("stands"), report.adversarial_robustness),
          ...share(say("certified"), report.certified_share),
        ]}
      />
      <Part title={say("stress.title")}>
        <Stress report={report} metric={metric} />
      </Part>
      <Part title={say("features.title")}>
        <Masked {...{ report, findings, metric }} />
      </Part>
      {report.nonsense.length > 0 && (
        <Part title={say("nonsense.title")} note={say("nonsense.intro")}>
          <NonsensePart report={report} namespace={NAMESPACE} />
        </Part>
      )}
      {report.resilience.length > 0 && (
        <Part title={say("resilience.title")} note={say("resilience.intro")}>
          <ResiliencePart {...{ report, metric }} namespace={NAMESPACE} />
        </Part>
      )}
      {(report.adversarial !== null || report.adversarial_reason !== null) && (
        <Part title={say("attack.title")} note={say("attack.intro")}>
          <AttackPart report={report} namespace={NAMESPACE} />
        </Part>
      )}
    </>
  );
}

function Stress({ report, metric }: { report: RobustnessReport; metric: string }) {
  const say = useWords(NAMESPACE);
  const numbers = useNumbers();
  const write = (v: number | undefined) => numbers.format(v, "number", 3);
  const middle = report.noise.find((l) => Math.abs(l.level - 0.5) < 1e-9) ?? report.noise.at(-1);
  const most = report.missing.at(-1);
  const series = (levels: StressLevel[]) => [
    {
      label: say("stress.line"),
      points: levels.map(({ level, value, drop }) => ({
        x: level,
        y: value,
        low: drop.high === null ? null : report.baseline - drop.high,
        high: drop.low === null ? null : report.baseline - drop.low,
      })),
    },
  ];
  const shared = {
    yTitle: metric,
    yUnit: "number" as const,
    limits: [{ kind: "reference" as const, value: report.baseline }],
    dots: true,
    computed: say("stress.computed"),
  };
  return (
    <Pair>
      {middle && (
        <LineChart
          {...shared}
          caption={say("stress.noise", {
            level: numbers.format(middle.level, "ratio", 1),
            metric,
            from: write(report.baseline),
            to: write(middle.value),
            drop: numbers.estimate(middle.drop, "number"),
          })}
          series={series(report.noise)}
          xTitle={say("stress.noiseLevel")}
          xUnit="ratio"
        />
      )}
      {most ? (
        <LineChart
          {...shared}
          caption={say("stress.missing", {
            level: numbers.format(most.level, "share", 0),
            metric,
            drop: numbers.estimate(most.drop, "number"),
          })}
          series={series(report.missing)}
          xTitle={say("stress.missingLevel")}
          xUnit="share"
        />
      ) : (
        report.missing_refused && (
          <p className="max-w-[60ch] text-base font-medium">
            {report.missing_refused_by
              ? say("stress.refusedBy", { feature: report.missing_refused_by })
              : say("stress.refused")}
          </p>
        )
      )}
    </Pair>
  );
}

type MaskedProps = Pick<StageProps<RobustnessReport>, "report" | "findings"> & { metric: string };

function Masked({ report, findings, metric }: MaskedProps) {
  const say = useWords(NAMESPACE);
  const numbers = useNumbers();
  const sorted = report.masked.toSorted((a, b) => (b.drop.value ?? -1) - (a.drop.value ?? -1));
  const worst = sorted[0];
  if (!worst) return <p className="text-base font-medium">{say("features.none")}</p>;
  return (
    <EstimatePlot
      mark="bar"
      caption={say("features.caption", {
        feature: worst.feature,
        metric,
        drop: numbers.estimate(worst.drop, "number"),
      })}
      computed={say("features.computed")}
      first={FIRST}
      rows={sorted.map((m) => ({
        label: m.feature,
        estimates: [m.drop],
        extra: [m.fill, numbers.format(m.flip_rate, "share", 1)],
      }))}
      extra={[say("features.fill"), say("features.flips")]}
      unit="number"
      rowTitle={say("features.feature")}
      valueTitle={say("features.value", { metric })}
      limits={limitLines(limitOf(findings, "ROB-SINGLE-FEATURE"))}
    />
  );
}
