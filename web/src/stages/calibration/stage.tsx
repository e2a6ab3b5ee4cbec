import { useState } from "react";

import type { Estimate } from "@/api/types";
import { EstimatePlot } from "@/charts/estimates";
import { type Fact, Headline, Pair, Part } from "@/charts/headline";
import { limitLines } from "@/charts/marks";
import { digitsFor } from "@/charts/numbers";
import { ReliabilityDiagram } from "@/charts/reliability";
import { useNumbers } from "@/charts/use-numbers";
import { addWords, useWords } from "@/charts/words";
import { Select } from "@/ui/Select";

import { limitOf, type StageProps } from "../props";
import { DecilesPart } from "./deciles";
import en from "./en.json";
import es from "./es.json";
import { GroupsPart } from "./groups";
import type { CalibrationReport, ClassCalibration } from "./report";

const NAMESPACE = addWords("stage-calibration", { en, es });
const TOP = "top-label";

export default function CalibrationStage({ report, findings }: StageProps<CalibrationReport>) {
  const say = useWords(NAMESPACE);
  const numbers = useNumbers();
  const several = report.classes.length > 1;
  const [chosen, setChosen] = useState(several ? TOP : (report.classes[0]?.class ?? ""));
  const score = report.classes.find((c) => c.class === chosen) ?? report.classes[0];
  const name = (id: string) => (id === TOP ? say("topLabel") : id);
  return (
    <>
      <Facts report={report} score={score} />
      {score && (
        <Part title={say("diagram.title")}>
          {several && (
            <Select
              label={say("class")}
              className="max-w-64"
              size="sm"
              options={report.classes.map((c) => ({ id: c.class, label: name(c.class) }))}
              value={score.class}
              onChange={setChosen}
            />
          )}
          <Pair>
            <Diagram score={score} n={report.n} name={name(score.class)} />
            <div className="flex flex-col gap-7">
              <Decomposition score={score} />
              <Slope score={score} />
              <Measures score={score} />
            </div>
          </Pair>
        </Part>
      )}
      {several && (
        <Part title={say("classes.title")}>
          <EstimatePlot
            mark="bar"
            caption={worstClass(report.classes, (c) =>
              say("classes.caption", { class: name(c.class), value: numbers.estimate(c.ece_mass, "points") }),
            )}
            rows={report.classes.map((c) => ({ label: name(c.class), estimates: [c.ece_mass] }))}
            unit="points"
            rowTitle={say("class")}
            valueTitle={say("classes.value")}
            limits={limitLines(limitOf(findings, "CAL-ERROR"))}
          />
        </Part>
      )}
      {report.groups.length > 0 && (
        <Part title={say("groups.title")}>
          <GroupsPart groups={report.groups} namespace={NAMESPACE} />
        </Part>
      )}
      {report.deciles.length > 0 && (
        <Part title={say("deciles.title")}>
          <DecilesPart deciles={report.deciles} namespace={NAMESPACE} />
        </Part>
      )}
    </>
  );
}

function Facts({ report, score }: { report: CalibrationReport; score: ClassCalibration | undefined }) {
  const say = useWords(NAMESPACE);
  const numbers = useNumbers();
  const fact = (label: string, e: Estimate | null, unit: "points" | "number" | "ratio"): Fact[] =>
    e
      ? [
          {
            label,
            value: e.value === null ? numbers.estimate(e, unit) : numbers.format(e.value, unit),
            note: e.low === null ? say("n", { n: numbers.count(e.n) }) : numbers.interval(e, unit),
          },
        ]
      : [];
  const facts = [
    ...fact(say("ece"), report.calibration_error, "points"),
    ...(report.classwise_error === null
      ? []
      : [
          {
            label: say("classwise"),
            value: numbers.format(report.classwise_error, "points"),
            note: say("adaptive", { value: numbers.format(report.adaptive_error, "points") }),
          },
        ]),
    ...fact(say("brier"), report.brier_score, "number"),
    ...(score
      ? [
          ...fact(say("slope"), score.slope, "ratio"),
          ...fact(say("intercept"), score.intercept, "ratio"),
          {
            label: say("spiegelhalter"),
            value: say("p", { p: numbers.format(score.spiegelhalter_p, "p") }),
            note: say("z", { z: numbers.format(score.spiegelhalter_z, "ratio") }),
          },
        ]
      : []),
  ];
  return facts.length > 0 ? <Headline facts={facts} /> : null;
}

function Diagram({ score, n, name }: { score: ClassCalibration; n: number; name: string }) {
  const say = useWords(NAMESPACE);
  const numbers = useNumbers();
  const off = (bin: ClassCalibration["bins"][number]) =>
    Math.abs((bin.observed.value ?? bin.predicted) - bin.predicted);
  const worst = score.bins.toSorted((a, b) => off(b) - off(a))[0];
  return (
    <ReliabilityDiagram
      caption={say("diagram.caption", {
        predicted: numbers.format(worst?.predicted, "share", 1),
        observed: worst ? numbers.estimate(worst.observed, "share") : "–",
        n: numbers.count(worst?.n ?? 0),
      })}
      note={say("diagram.note", {
        class: name,
        n: numbers.count(n),
        distinct: numbers.count(score.distinct_scores),
      })}
      computed={say("diagram.computed")}
      curve={score.corp.curve}
      bins={score.bins}
    />
  );
}

const bare = (value: number, n: number): Estimate => ({ value, low: null, high: null, n, method: "none" });

function Decomposition({ score }: { score: ClassCalibration }) {
  const say = useWords(NAMESPACE);
  const numbers = useNumbers();
  const { mcb, dsc, unc } = score.corp;
  const n = score.ece_mass.n;
  const digits = Math.min(4, digitsFor([mcb], "number"));
  const write = (v: number) => numbers.format(v, "number", digits);
  return (
    <EstimatePlot
      mark="bar"
      note={say("parts.evidence", { p: numbers.format(score.corp.mcb_p, "p") })}
      caption={say("parts.caption", {
        brier: write(score.brier),
        mcb: write(mcb),
        dsc: write(dsc),
        unc: write(unc),
      })}
      computed={say("parts.computed")}
      rows={[
        { label: say("parts.mcb"), estimates: [bare(mcb, n)], marked: true },
        { label: say("parts.dsc"), estimates: [bare(dsc, n)] },
        { label: say("parts.unc"), estimates: [bare(unc, n)] },
      ]}
      unit="number"
      rowTitle={say("parts.row")}
      valueTitle={say("parts.value")}
    />
  );
}

function Slope({ score }: { score: ClassCalibration }) {
  const say = useWords(NAMESPACE);
  const numbers = useNumbers();
  const { low, high } = score.slope;
  const verdict = high !== null && high < 1 ? "over" : low !== null && low > 1 ? "under" : "fine";
  return (
    <EstimatePlot
      mark="dot"
      caption={say(`slopeChart.${verdict}`, { slope: numbers.estimate(score.slope, "ratio") })}
      computed={say("slopeChart.computed")}
      rows={[
        { label: say("slope"), estimates: [score.slope] },
        { label: say("intercept"), estimates: [score.intercept] },
      ]}
      unit="ratio"
      rowTitle={say("slopeChart.row")}
      valueTitle={say("slopeChart.value")}
      limits={[
        { kind: "reference", value: 0 },
        { kind: "reference", value: 1 },
      ]}
    />
  );
}

function Measures({ score }: { score: ClassCalibration }) {
  const say = useWords(NAMESPACE);
  const numbers = useNumbers();
  const list = [
    ["ece_width", numbers.format(score.ece_width, "points")],
    ["mce", numbers.format(score.mce, "points")],
    ["ace", numbers.format(score.ace, "points")],
    ["ece2_debiased", numbers.format(score.ece2_debiased, "scientific")],
    ["log_loss", numbers.format(score.log_loss, "number", 3)],
  ] as const;
  return (
    <section aria-label={say("measures.title")}>
      <h4 className="text-sm font-medium">{say("measures.title")}</h4>
      <dl className="num mt-1 grid max-w-md grid-cols-[1fr_auto] gap-x-6 gap-y-0.5 text-sm">
        {list.map(([id, value]) => (
          <div key={id} className="contents">
            <dt className="text-ink-muted">{say(`measures.${id}`)}</dt>
            <dd className="text-right">{value}</dd>
          </div>
        ))}
      </dl>
    </section>
  );
}

function worstClass(classes: ClassCalibration[], words: (c: ClassCalibration) => string): string {
  const worst = classes.toSorted((a, b) => (b.ece_mass.value ?? 0) - (a.ece_mass.value ?? 0))[0];
  return worst ? words(worst) : "";
}
