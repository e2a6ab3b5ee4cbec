import { useFormat } from "@/lib/format";
import type { Estimate } from "@/api/types";
import { EstimatePlot } from "@/charts/estimates";
import { Headline, Part } from "@/charts/headline";
import { useNumbers } from "@/charts/use-numbers";
import { addWords, useWords } from "@/charts/words";
import { useCatalogue } from "@/i18n/useCatalogue";
import { Alert } from "@/ui/Alert";
import { Table } from "@/ui/Table";

import type { StageProps } from "../props";
import en from "./en.json";
import { EstimatorTree } from "./estimators";
import es from "./es.json";
import { ImportsPart } from "./imports";
import type { ModelFileReport } from "./report";

const NAMESPACE = addWords("stage-model-file", { en, es });

export default function ModelFileStage({ report }: StageProps<ModelFileReport>) {
  const say = useWords(NAMESPACE);
  const numbers = useNumbers();
  const { bytes } = useFormat();
  const { facts } = report;
  return (
    <>
      <Headline
        facts={[
          {
            label: say("format"),
            value: facts.format,
            note: facts.protocol === undefined ? undefined : say("protocol", { n: facts.protocol }),
          },
          {
            label: say("library"),
            value: facts.library,
            note: facts.library_version
              ? say("version", { version: facts.library_version })
              : say("noVersion"),
          },
          { label: say("size"), value: bytes(facts.bytes) },
          {
            label: say("trees"),
            value: numbers.count(facts.trees),
            note: say("nodes", { n: numbers.count(facts.nodes) }),
          },
          {
            label: say("features"),
            value: numbers.count(report.features.length),
            note:
              report.classes.length > 0
                ? say("classes", { n: numbers.count(report.classes.length) })
                : undefined,
          },
        ]}
      />
      <Part title={say("safety.title")}>
        <Safety dangers={facts.dangers} />
      </Part>
      {report.proof ? (
        <Part title={say("proof.title")}>
          <Proof proof={report.proof} />
        </Part>
      ) : null}
      <Part title={say("tree.title")}>
        <EstimatorTree estimators={facts.estimators} namespace={NAMESPACE} />
      </Part>
      <div className="grid min-w-0 gap-5 xl:grid-cols-2">
        {facts.imports.length > 0 && (
          <Part title={say("imports.title")}>
            <ImportsPart imports={facts.imports} namespace={NAMESPACE} />
          </Part>
        )}
        <Part title={say("inputs.title")}>
          <Inputs features={report.features} />
        </Part>
      </div>
      <Part title={say("identity.title")}>
        <Identity report={report} />
      </Part>
    </>
  );
}

/** The file gives the predictions that the table holds; an audit where it does not is refused. */
function Proof({ proof }: { proof: NonNullable<ModelFileReport["proof"]> }) {
  const say = useWords(NAMESPACE);
  const numbers = useNumbers();
  const rows = numbers.count(proof.rows);
  return (
    <Alert tone="success" title={say("proof.holds", { rows })} isLive={false}>
      {proof.max_difference === null
        ? say("proof.labels")
        : say("proof.difference", {
            difference: proof.max_difference === 0 ? "0" : proof.max_difference.toExponential(1),
            tolerance: proof.tolerance.toExponential(0),
          })}
    </Alert>
  );
}

function Safety({ dangers }: { dangers: ModelFileReport["facts"]["dangers"] }) {
  const say = useWords(NAMESPACE);
  const numbers = useNumbers();
  if (dangers.length === 0) {
    return (
      <Alert tone="success" title={say("safety.safe")} isLive={false}>
        {say("safety.safeText")}
      </Alert>
    );
  }
  return (
    <>
      <Alert tone="error" title={say("safety.danger", { count: dangers.length })} isLive={false} />
      <Table
        label={say("safety.label")}
        dense
        className="rounded-lg border border-line"
        rows={dangers}
        rowKey={(d) => `${d.offset}`}
        columns={[
          {
            id: "name",
            header: say("safety.name"),
            rowHeader: true,
            className: "font-mono text-xs",
            cell: (d) => d.name,
          },
          {
            id: "arguments",
            header: say("safety.arguments"),
            className: "font-mono text-xs break-all",
            cell: (d) => d.arguments,
          },
          { id: "offset", header: say("safety.offset"), numeric: true, cell: (d) => numbers.count(d.offset) },
        ]}
      />
    </>
  );
}

const counted = (value: number): Estimate => ({ value, low: null, high: null, n: value, method: "none" });

function Inputs({ features }: { features: ModelFileReport["features"] }) {
  const say = useWords(NAMESPACE);
  const numbers = useNumbers();
  const kinds = ["number", "text", "any"]
    .map((kind) => ({ kind, count: features.filter((f) => f.kind === kind).length }))
    .filter(({ count }) => count > 0);
  return (
    <>
      <EstimatePlot
        mark="bar"
        caption={say("inputs.caption", {
          n: numbers.count(features.length),
          parts: kinds
            .map(({ kind, count }) => `${numbers.count(count)} ${say(`inputs.${kind}`)}`)
            .join(", "),
        })}
        rows={kinds.map(({ kind, count }) => ({ label: say(`inputs.${kind}`), estimates: [counted(count)] }))}
        unit="count"
        rowTitle={say("inputs.kind")}
        valueTitle={say("inputs.value")}
      />
      <details className="text-sm">
        <summary className="cursor-pointer text-accent-ink">{say("inputs.names")}</summary>
        <p className="mt-1 max-w-[75ch] break-words text-ink-muted">
          {features.map((f) => f.name).join(", ")}
        </p>
      </details>
    </>
  );
}

function Identity({ report }: { report: ModelFileReport }) {
  const say = useWords(NAMESPACE);
  const { say: word } = useCatalogue();
  const { facts } = report;
  const lines: [string, string][] = [
    ["sha256", facts.sha256],
    ...(facts.compression ? ([["compression", facts.compression]] as [string, string][]) : []),
    ...(report.classes.length > 0 ? ([["classes", report.classes.join(", ")]] as [string, string][]) : []),
    ...(facts.warnings.length > 0
      ? ([["warnings", facts.warnings.map((w) => word(`remarks.${w.id}`, w.args)).join("; ")]] as [
          string,
          string,
        ][])
      : []),
  ];
  return (
    <dl className="grid gap-x-6 gap-y-1 text-sm sm:grid-cols-[auto_1fr]">
      {lines.map(([id, value]) => (
        <div key={id} className="contents">
          <dt className="text-ink-muted">{say(`identity.${id}`)}</dt>
          <dd className={id === "sha256" ? "font-mono text-xs leading-5 break-all" : "break-words"}>
            {value}
          </dd>
        </div>
      ))}
    </dl>
  );
}
