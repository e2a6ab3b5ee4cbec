import { useState } from "react";

import type { Estimate } from "@/api/types";
import { EstimatePlot } from "@/charts/estimates";
import { type Fact, Headline, Pair, Part } from "@/charts/headline";
import { limitLines } from "@/charts/marks";
import { useNumbers } from "@/charts/use-numbers";
import { addWords, useWords } from "@/charts/words";
import { Select } from "@/ui/Select";

import { limitOf, type StageProps } from "../props";
import { ColumnTable } from "./column-table";
import { DomainPart } from "./domain";
import en from "./en.json";
import es from "./es.json";
import { drifts, isPast, mainOf, type MeasureId, MEASURES, valueOf } from "./measures";
import type { DriftReport } from "./report";
import { Shapes } from "./shapes";

const NAMESPACE = addWords("stage-drift", { en, es });
const FIRST = 15;

export default function DriftStage({ report, findings }: StageProps<DriftReport>) {
  const say = useWords(NAMESPACE);
  const numbers = useNumbers();
  const moved = report.features.filter((c) => drifts(c, findings));
  const distance = (label: string, e: Estimate | null | undefined): Fact[] =>
    e ? [{ label, value: numbers.format(e.value, "ratio"), note: numbers.interval(e, "ratio") }] : [];
  const effective = (side: 0 | 1) => {
    const [rows, size] = [report.rows[side], report.effective_rows[side]];
    return Math.round(size) < rows ? say("effective", { n: numbers.count(Math.round(size)) }) : undefined;
  };
  return (
    <>
      <Headline
        facts={[
          {
            label: say("drifting"),
            value: say("driftingOf", {
              n: numbers.count(moved.length),
              all: numbers.count(report.features.length),
            }),
          },
          ...distance(say("separation"), report.domain?.separation),
          ...distance(say("label"), report.label && mainOf(report.label)),
          ...distance(say("prediction"), largest(report)),
          { label: say("reference"), value: numbers.count(report.rows[0]), note: effective(0) },
          { label: say("audited"), value: numbers.count(report.rows[1]), note: effective(1) },
        ]}
      />
      {report.features.length > 0 && (
        <>
          <Part title={say("effects.title")}>
            <Effects {...{ report, findings }} />
          </Part>
          <Part title={say("shapes.title")}>
            <Shapes columns={report.features} findings={findings} namespace={NAMESPACE} />
          </Part>
        </>
      )}
      {(report.label || report.predictions.length > 0) && (
        <Part title={say("outputs.title")}>
          <Shapes
            columns={[...(report.label ? [report.label] : []), ...report.predictions]}
            findings={findings}
            namespace={NAMESPACE}
            outputs={[
              ...(report.label ? [say("outputs.truth", { name: report.label.name })] : []),
              ...report.predictions.map((c) =>
                say(c.name === "score" ? "outputs.score" : "outputs.predicted"),
              ),
            ]}
          />
        </Part>
      )}
      {report.domain && (
        <Part title={say("domain.title")}>
          <DomainPart domain={report.domain} findings={findings} namespace={NAMESPACE} />
        </Part>
      )}
      <MissingPart report={report} findings={findings} />
      <Part title={say("table.title")}>
        <ColumnTable report={report} namespace={NAMESPACE} />
      </Part>
    </>
  );
}

/** Of the predictions the one that is farthest. */
const largest = (report: DriftReport): Estimate | undefined =>
  report.predictions.flatMap((c) => mainOf(c) ?? []).toSorted((a, b) => valueOf(b) - valueOf(a))[0];

type PartProps = Pick<StageProps<DriftReport>, "report" | "findings">;

function Effects({ report, findings }: PartProps) {
  const say = useWords(NAMESPACE);
  const numbers = useNumbers();
  const [id, setId] = useState<MeasureId>("psi");
  const known = MEASURES.filter((m) => report.features.some((c) => c[m.id]));
  const measure = known.find((m) => m.id === id) ?? MEASURES[0]!;
  const rows = report.features
    .flatMap((column) => {
      const estimate = column[measure.id];
      return estimate ? [{ column, estimate }] : [];
    })
    .toSorted((a, b) => valueOf(b.estimate) - valueOf(a.estimate));
  const past = rows.filter((row) => isPast(row.column, measure, findings));
  const top = rows[0];
  const name = say(`measures.${measure.id}`);
  return (
    <div className="flex min-w-0 flex-col gap-4">
      <Select
        label={say("effects.measure")}
        size="sm"
        className="max-w-72"
        options={known.map((m) => ({ id: m.id, label: say(`measures.${m.id}`) }))}
        value={measure.id}
        onChange={(chosen) => setId(chosen as MeasureId)}
      />
      <EstimatePlot
        mark="bar"
        caption={
          past.length > 0
            ? say("effects.past", {
                n: numbers.count(past.length),
                all: numbers.count(rows.length),
                measure: name,
                feature: top?.column.name ?? "",
                value: top ? numbers.estimate(top.estimate, "number", 3) : "",
              })
            : say("effects.none", {
                all: numbers.count(rows.length),
                measure: name,
                feature: top?.column.name ?? "",
                value: top ? numbers.estimate(top.estimate, "number", 3) : "",
              })
        }
        note={say("effects.note")}
        computed={say(`computed.${measure.id}`)}
        first={FIRST}
        rows={rows.map(({ column, estimate }) => ({
          label: column.name,
          estimates: [estimate],
          marked: isPast(column, measure, findings),
          extra: [numbers.format(column[measure.test]?.p_adjusted, "p")],
        }))}
        markedLabel={say("effects.marked")}
        extra={[say("table.p")]}
        unit="number"
        rowTitle={say("table.feature")}
        valueTitle={name}
        limits={limitLines(limitOf(findings, measure.check))}
      />
    </div>
  );
}

function MissingPart({ report, findings }: PartProps) {
  const say = useWords(NAMESPACE);
  const numbers = useNumbers();
  const gaps = report.features
    .filter((c) => c.missing.shares.some((share) => share > 0))
    .toSorted((a, b) => Math.abs(b.missing.change.value ?? 0) - Math.abs(a.missing.change.value ?? 0));
  const worst = gaps[0];
  if (!worst) return null;
  const [before, after] = worst.missing.shares;
  const plain = (value: number, n: number): Estimate => ({ value, low: null, high: null, n, method: "none" });
  return (
    <Part title={say("missing.title")}>
      <Pair>
        <EstimatePlot
          mark="dot"
          caption={say("missing.caption", {
            feature: worst.name,
            before: numbers.format(before, "share"),
            after: numbers.format(after, "share"),
          })}
          computed={say("missing.computed")}
          first={FIRST}
          rows={gaps.map((c) => ({
            label: c.name,
            estimates: [c.missing.change],
            extra: [numbers.format(c.missing.p_adjusted, "p")],
          }))}
          extra={[say("table.p")]}
          unit="points"
          rowTitle={say("table.feature")}
          valueTitle={say("missing.change")}
          limits={limitLines(limitOf(findings, "DRIFT-MISSING")).map((l) => ({ ...l, mirrored: true }))}
        />
        <EstimatePlot
          mark="bar"
          caption={say("missing.both")}
          first={FIRST}
          rows={gaps.map((c) => ({
            label: c.name,
            estimates: [
              plain(c.missing.shares[0], report.rows[0]),
              plain(c.missing.shares[1], report.rows[1]),
            ],
          }))}
          series={[say("reference"), say("audited")]}
          unit="share"
          rowTitle={say("table.feature")}
          valueTitle={say("missing.share")}
        />
      </Pair>
    </Part>
  );
}
