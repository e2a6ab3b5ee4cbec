import type { Estimate } from "@/api/types";
import { EstimatePlot } from "@/charts/estimates";
import { type Fact, Headline, Pair, Part } from "@/charts/headline";
import { type Limit, limitLines } from "@/charts/marks";
import { LineChart } from "@/charts/lines";
import { digitsOf, type Unit } from "@/charts/numbers";
import { useNumbers } from "@/charts/use-numbers";
import { addWords, useWords } from "@/charts/words";

import { limitOf, type StageProps } from "../props";
import en from "./en.json";
import es from "./es.json";
import type { FeatureSensitivity, SensitivityReport } from "./report";

const NAMESPACE = addWords("stage-sensitivity", { en, es });
const FIRST = 15;

export default function SensitivityStage({ report, findings }: StageProps<SensitivityReport>) {
  const say = useWords(NAMESPACE);
  const numbers = useNumbers();
  const fact = (label: string, e: Estimate, unit: Unit): Fact => ({
    label,
    value: numbers.format(e.value, unit, digitsOf([e], unit)),
    note: e.value === null ? numbers.estimate(e, unit) : numbers.interval(e, unit),
  });
  return (
    <>
      <Headline
        facts={[
          ...(report.label_flip_rate ? [fact(say("flip"), report.label_flip_rate, "share")] : []),
          fact(say("shift"), report.proba_shift_mean, "number"),
          {
            label: say("rows"),
            value: numbers.count(report.rows),
            note: say(report.sampled ? "sampled" : "all"),
          },
          { label: say("repeats"), value: numbers.count(report.repeats) },
        ]}
      />
      <Part title={say("curve.title")}>
        <Curves report={report} limits={limitLines(limitOf(findings, "SENS-FLIP-RATE"))} />
      </Part>
      {report.features.length > 0 && (
        <Part title={say("features.title")}>
          <Features features={report.features} />
        </Part>
      )}
      {report.features.some((f) => f.monotonicity_violations !== null) && (
        <Part title={say("monotone.title")}>
          <Monotone features={report.features} rows={report.curve_rows} />
        </Part>
      )}
    </>
  );
}

function Curves({ report, limits }: { report: SensitivityReport; limits: Limit[] }) {
  const say = useWords(NAMESPACE);
  const numbers = useNumbers();
  const kinds = [...new Set(report.joint.map((l) => l.noise))];
  const series = (of: (level: SensitivityReport["joint"][number]) => Estimate | null) =>
    kinds.map((noise) => ({
      label: say(`noise.${noise}`),
      points: report.joint.flatMap((level) => {
        const e = level.noise === noise ? of(level) : null;
        return e && e.value !== null ? [{ x: level.level, y: e.value, low: e.low, high: e.high }] : [];
      }),
    }));
  const least = report.joint[0];
  const most = report.joint.findLast((l) => l.noise === least?.noise);
  const shared = {
    xTitle: say("curve.level"),
    xUnit: "share" as const,
    dots: true,
    computed: say("curve.computed"),
  };
  return (
    <Pair>
      {least?.flip_rate && (
        <LineChart
          {...shared}
          caption={say("curve.flips", {
            level: numbers.format(least.level, "share", 0),
            value: numbers.estimate(least.flip_rate, "share"),
            noise: say(`noise.${least.noise}`),
          })}
          series={series((l) => l.flip_rate)}
          yTitle={say("curve.flipRate")}
          yUnit="share"
          limits={limits}
        />
      )}
      {most && (
        <LineChart
          {...shared}
          caption={say("curve.shift", {
            level: numbers.format(most.level, "share", 0),
            value: numbers.estimate(most.mean_shift, "number"),
            p99: numbers.format(most.p99_shift, "number"),
          })}
          series={series((l) => l.mean_shift)}
          yTitle={say("curve.meanShift")}
          yUnit="number"
        />
      )}
    </Pair>
  );
}

const by =
  (of: (f: FeatureSensitivity) => number | null | undefined) =>
  (a: FeatureSensitivity, b: FeatureSensitivity) =>
    (of(b) ?? -1) - (of(a) ?? -1);

function Features({ features }: { features: FeatureSensitivity[] }) {
  const say = useWords(NAMESPACE);
  const numbers = useNumbers();
  const flips = features.filter((f) => f.flip_rate !== null).toSorted(by((f) => f.flip_rate?.value));
  const shifts = features.toSorted(by((f) => f.mean_shift.value));
  const shared = {
    mark: "bar" as const,
    rowTitle: say("features.feature"),
    computed: say("features.computed"),
  };
  return (
    <Pair>
      {flips[0]?.flip_rate && (
        <EstimatePlot
          {...shared}
          caption={say("features.flips", {
            feature: flips[0].feature,
            value: numbers.estimate(flips[0].flip_rate, "share"),
          })}
          first={FIRST}
          rows={flips.map((f) => ({ label: f.feature, estimates: f.flip_rate ? [f.flip_rate] : [] }))}
          unit="share"
          valueTitle={say("curve.flipRate")}
        />
      )}
      {shifts[0] && (
        <EstimatePlot
          {...shared}
          caption={say("features.shift", {
            feature: shifts[0].feature,
            value: numbers.estimate(shifts[0].mean_shift, "number"),
          })}
          first={FIRST}
          rows={shifts.map((f) => ({
            label: f.feature,
            estimates: [f.mean_shift],
            extra: [numbers.format(f.p99_shift, "number", 3)],
          }))}
          extra={[say("features.p99")]}
          unit="number"
          valueTitle={say("curve.meanShift")}
        />
      )}
    </Pair>
  );
}

function Monotone({ features, rows }: { features: FeatureSensitivity[]; rows: number }) {
  const say = useWords(NAMESPACE);
  const numbers = useNumbers();
  const known = features
    .filter((f) => f.monotonicity_violations !== null)
    .toSorted(by((f) => f.monotonicity_violations));
  const worst = known[0];
  const direction = (f: FeatureSensitivity) => {
    const learned = f.direction ? say(`directions.${f.direction}`) : "–";
    return f.declared
      ? say("monotone.declared", { declared: say(`directions.${f.declared}`), learned })
      : learned;
  };
  return (
    <EstimatePlot
      mark="bar"
      caption={
        worst && (worst.monotonicity_violations ?? 0) > 0
          ? say("monotone.caption", {
              feature: worst.feature,
              direction: direction(worst),
              share: numbers.format(worst.monotonicity_violations, "share"),
            })
          : say("monotone.clean")
      }
      note={say("monotone.rows", { n: numbers.count(rows) })}
      computed={say("monotone.computed")}
      first={FIRST}
      rows={known.map((f) => ({
        label: f.feature,
        estimates: [
          { value: f.monotonicity_violations, low: null, high: null, n: f.mean_shift.n, method: "none" },
        ],
        extra: [direction(f)],
      }))}
      extra={[say("monotone.direction")]}
      unit="share"
      rowTitle={say("features.feature")}
      valueTitle={say("monotone.value")}
    />
  );
}
