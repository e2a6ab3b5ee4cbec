import { useState } from "react";

import type { Estimate } from "@/api/types";
import { EstimatePlot } from "@/charts/estimates";
import { type Fact, Headline, Pair, Part } from "@/charts/headline";
import { digitsOf, type Unit } from "@/charts/numbers";
import { useNumbers } from "@/charts/use-numbers";
import { addWords, useWords } from "@/charts/words";
import { Select } from "@/ui/Select";

import type { StageProps } from "../props";
import { SamplingNote } from "../sampling";
import en from "./en.json";
import es from "./es.json";
import { GroupsPart } from "./groups";
import type { Method, UncertaintyReport } from "./report";

const NAMESPACE = addWords("stage-uncertainty", { en, es });

export default function UncertaintyStage({ report, findings }: StageProps<UncertaintyReport>) {
  const say = useWords(NAMESPACE);
  const [chosen, setChosen] = useState<string>(report.methods[0]?.id ?? "");
  const method = report.methods.find((m) => m.id === chosen) ?? report.methods[0];
  if (!method) return null;
  const sets = method.singletons !== null;
  return (
    <>
      <Facts report={report} />
      <SamplingNote sampling={report.sampling} />
      <Part title={say("coverage.title")} note={say("coverage.intro")}>
        <Pair>
          <Coverage report={report} />
          <Sizes report={report} sets={sets} />
        </Pair>
      </Part>
      <Part title={say("who.title")}>
        <Select
          label={say("method")}
          className="max-w-80"
          size="sm"
          options={report.methods.map((m) => ({ id: m.id, label: say(`methods.${m.id}`) }))}
          value={method.id}
          onChange={setChosen}
        />
        {method.groups.length > 0 && (
          <GroupsPart {...{ method, findings, sets }} target={report.target} namespace={NAMESPACE} />
        )}
        <BySize method={method} target={report.target} sets={sets} />
      </Part>
    </>
  );
}

function Facts({ report }: { report: UncertaintyReport }) {
  const say = useWords(NAMESPACE);
  const numbers = useNumbers();
  const [first] = report.methods;
  if (!first) return null;
  const fact = (label: string, e: Estimate, unit: Unit): Fact => ({
    label,
    value: e.value === null ? numbers.estimate(e, unit) : numbers.format(e.value, unit, digitsOf([e], unit)),
    note: numbers.interval(e, unit),
  });
  const facts: Fact[] = [
    {
      label: say("promised"),
      value: numbers.format(report.target, "share", 0),
      note: say("rows", {
        calibration: numbers.count(report.calibration_rows),
        test: numbers.count(report.test_rows),
      }),
    },
    fact(say("covered"), first.coverage, "share"),
    fact(say(first.singletons ? "meanSize" : "meanWidth"), first.size, "number"),
    ...(first.singletons ? [fact(say("singletons"), first.singletons, "share")] : []),
    ...(first.empty ? [fact(say("empty"), first.empty, "share")] : []),
  ];
  return <Headline facts={facts} />;
}

/** What is said about the law of the coverage. */
function lawOf({ clustered, sampling }: UncertaintyReport) {
  if (clustered) return "coverage.entities";
  return sampling?.weighted ? "coverage.weights" : "coverage.law";
}

/** Each kind of set or interval against the promise. */
function Coverage({ report }: { report: UncertaintyReport }) {
  const say = useWords(NAMESPACE);
  const numbers = useNumbers();
  const [first] = report.methods;
  return (
    <EstimatePlot
      mark="dot"
      caption={say(
        first && first.shortfall.low !== null && first.shortfall.low > 0 ? "coverage.short" : "coverage.kept",
        {
          target: numbers.format(report.target, "share", 0),
          coverage: first ? numbers.estimate(first.coverage, "share") : "–",
        },
      )}
      note={
        first &&
        say(lawOf(report), {
          low: numbers.format(first.law.low, "share", 1),
          high: numbers.format(first.law.high, "share", 1),
        })
      }
      computed={say("coverage.computed")}
      rows={report.methods.map((m) => ({
        label: say(`methods.${m.id}`),
        estimates: [m.coverage],
        extra: [
          `Beta(${numbers.count(m.law.a)}, ${numbers.count(m.law.b)})`,
          numbers.format(m.law.p, "p"),
          numbers.format(m.threshold, "number"),
          numbers.estimate(m.size, "number"),
        ],
      }))}
      extra={[say("coverage.chance"), say("coverage.p"), say("coverage.threshold"), say("coverage.size")]}
      unit="share"
      rowTitle={say("method")}
      valueTitle={say("coverage.value")}
      limits={[{ kind: "reference", value: report.target }]}
    />
  );
}

const bare = (value: number, n: number): Estimate => ({ value, low: null, high: null, n, method: "none" });

/** Sets by their number of classes, or mean widths of the kinds of intervals. */
function Sizes({ report, sets }: { report: UncertaintyReport; sets: boolean }) {
  const say = useWords(NAMESPACE);
  const numbers = useNumbers();
  const { methods, test_rows: n } = report;
  if (!sets) {
    const [scaled, plain] = methods;
    const gain = plain?.size.value && scaled?.size.value ? 1 - scaled.size.value / plain.size.value : null;
    return (
      <EstimatePlot
        mark="bar"
        caption={say(gain !== null && gain > 0 ? "width.narrower" : "width.wider", {
          share: numbers.format(gain === null ? null : Math.abs(gain), "share", 1),
        })}
        note={
          report.scale
            ? say(report.scale.source === "reference" ? "width.reference" : "width.audited", {
                n: numbers.count(report.scale.rows),
                leaves: numbers.count(report.scale.leaves),
              })
            : undefined
        }
        computed={say("width.computed")}
        rows={methods.map((m) => ({ label: say(`methods.${m.id}`), estimates: [m.size] }))}
        unit="number"
        rowTitle={say("method")}
        valueTitle={say("width.value")}
      />
    );
  }
  const all = [...new Set(methods.flatMap((m) => m.sizes.map((s) => s.low)))].toSorted((a, b) => a - b);
  const one = methods[0]?.singletons;
  return (
    <EstimatePlot
      mark="bar"
      caption={say("sizes.caption", { share: one ? numbers.estimate(one, "share") : "–" })}
      computed={say("sizes.computed")}
      series={methods.map((m) => say(`methods.${m.id}`))}
      rows={all.map((size) => ({
        label: sizeName(size, say),
        estimates: methods.map((m) => bare(m.sizes.find((s) => s.low === size)?.share ?? 0, n)),
      }))}
      unit="share"
      rowTitle={say("sizes.row")}
      valueTitle={say("sizes.value")}
    />
  );
}

type Say = ReturnType<typeof useWords>;

function sizeName(size: number, say: Say): string {
  if (size === 0) return say("sizes.none");
  return size === 1 ? say("sizes.one") : say("sizes.many", { n: size });
}

/** Whether wide sets and narrow ones keep the same promise. */
function BySize({ method, target, sets }: { method: Method; target: number; sets: boolean }) {
  const say = useWords(NAMESPACE);
  const numbers = useNumbers();
  const known = method.sizes.filter((s) => s.coverage.value !== null && s.low + s.high > 0);
  const worst = known.toSorted((a, b) => (a.coverage.value ?? 1) - (b.coverage.value ?? 1))[0];
  const name = ({ low, high }: Method["sizes"][number]) =>
    sets
      ? sizeName(low, say)
      : say("bySize.widths", { low: numbers.format(low, "number"), high: numbers.format(high, "number") });
  return (
    <EstimatePlot
      mark="dot"
      caption={
        worst
          ? say("bySize.caption", { size: name(worst), coverage: numbers.estimate(worst.coverage, "share") })
          : say("bySize.few")
      }
      computed={say("bySize.computed")}
      rows={method.sizes.map((s) => ({
        label: name(s),
        estimates: [s.coverage],
        extra: [numbers.format(s.share, "share", 1)],
      }))}
      extra={[say("bySize.share")]}
      unit="share"
      rowTitle={say(sets ? "sizes.row" : "bySize.width")}
      valueTitle={say("coverage.value")}
      limits={[{ kind: "reference", value: target }]}
    />
  );
}
