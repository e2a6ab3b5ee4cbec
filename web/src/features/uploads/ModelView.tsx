import { useTranslation } from "react-i18next";

import { useProblemWords } from "@/api/problem-words";
import type { ModelDetail } from "@/api/types";
import { useCatalogue } from "@/i18n/useCatalogue";
import { useFormat } from "@/lib/format";
import { Alert } from "@/ui/Alert";
import { Facts } from "@/ui/Facts";
import { Hash } from "@/ui/Hash";
import { Table } from "@/ui/Table";

import { CallLog } from "./CallLog";
import { EstimatorTree } from "./EstimatorTree";
import { Kind } from "./Kind";
import { isWhole, ModelReadingPanel } from "./ModelReadingPanel";

/** What is inside a model file: what it is made of, what it needs, and what Python would have run. */
export function ModelView({ model }: { model: ModelDetail }) {
  const { t } = useTranslation("uploads");
  const { facts } = model;
  const reading = <ModelReadingPanel key={JSON.stringify(model.reading)} model={model} />;
  // A choice that is made, or still has to be, comes first.
  const isPlain = model.runnable && isWhole(model.reading);
  return (
    <div className="flex flex-col gap-6">
      <Troubles model={model} />
      {isPlain ? null : reading}
      <section className="card p-5">
        <ModelFactList model={model} />
      </section>
      {facts.estimators.length > 0 ? (
        <section>
          <h2 className="mb-2 text-lg font-semibold">{t("detail.estimators")}</h2>
          <EstimatorTree estimators={facts.estimators} />
        </section>
      ) : null}
      {model.features.length > 0 ? <Inputs model={model} /> : null}
      {isPlain ? reading : null}
      {facts.imports.length > 0 ? <Imports model={model} /> : null}
      {facts.calls?.length ? (
        <CallLog calls={facts.calls} count={facts.call_count ?? facts.calls.length} />
      ) : null}
    </div>
  );
}

/** Why a model cannot be audited, what it would have run, and remarks. */
export function Troubles({ model }: { model: ModelDetail }) {
  const { t } = useTranslation("uploads");
  const words = useProblemWords();
  const { say } = useCatalogue();
  const { dangers, warnings } = model.facts;
  // What would run is said by the list of calls; the problem would say it again.
  const said = dangers.length > 0 && model.problem?.slug.startsWith("danger");
  const problem = model.problem && !said ? words(model.problem) : null;
  return (
    <>
      {dangers.length > 0 ? (
        <Alert
          isLive={false}
          tone="error"
          title={t("detail.dangers.title", { count: dangers.length })}
          note={model.problem?.code ?? undefined}
        >
          <p>{t("detail.dangers.body")}</p>
          <ul className="mt-2 flex flex-col gap-1">
            {dangers.map((d) => (
              <li key={`${d.name} ${d.offset}`} className="font-mono text-xs wrap-anywhere">
                {d.arguments ? d.name : t("detail.dangers.import", { name: d.name })}
                {d.arguments === "" || d.arguments.startsWith("(") ? d.arguments : `(${d.arguments})`}{" "}
                <span className="text-ink-muted">
                  · {t("detail.importOffset")} {d.offset}
                </span>
              </li>
            ))}
          </ul>
        </Alert>
      ) : null}
      {problem ? (
        <Alert
          isLive={false}
          tone="error"
          title={t("detail.problem")}
          note={model.problem?.code ?? undefined}
        >
          <p>{problem.title}</p>
          {problem.detail && problem.detail !== problem.title ? (
            <p className="text-ink-muted">{problem.detail}</p>
          ) : null}
        </Alert>
      ) : null}
      {warnings.length > 0 ? (
        <Alert isLive={false} tone="warning" title={t("detail.warnings")}>
          <ul className="list-disc pl-4">
            {warnings.map((w) => (
              <li key={w.id}>{say(`remarks.${w.id}`, w.args, [w.id, ...Object.values(w.args)].join(" "))}</li>
            ))}
          </ul>
        </Alert>
      ) : null}
    </>
  );
}

function ModelFactList({ model }: { model: ModelDetail }) {
  const { t } = useTranslation("uploads");
  const format = useFormat();
  const { facts } = model;
  return (
    <Facts
      items={[
        {
          name: t("columns.library"),
          value: [model.library, model.library_version].filter(Boolean).join(" ") || "–",
        },
        { name: t("columns.format"), value: [facts.format, facts.compression].filter(Boolean).join(", ") },
        { name: t("columns.task"), value: t(`task.${model.task ?? "none"}`) },
        ...(facts.trees > 0 ? [{ name: t("detail.trees"), value: format.count(facts.trees) }] : []),
        ...(facts.nodes > 0 ? [{ name: t("detail.nodes"), value: format.count(facts.nodes) }] : []),
        ...(facts.protocol != null ? [{ name: t("detail.protocol"), value: facts.protocol }] : []),
        ...(model.classes.length > 0 ? [{ name: t("detail.classes"), value: model.classes.join(", ") }] : []),
        { name: t("columns.size"), value: format.bytes(model.bytes) },
        { name: t("columns.added"), value: format.dateTime(model.created_at) },
        { name: t("detail.sha"), value: <Hash value={model.sha256} label={t("detail.sha")} /> },
      ]}
    />
  );
}

function Inputs({ model }: { model: ModelDetail }) {
  const { t } = useTranslation("uploads");
  const kind = (id: string) => (id === "number" || id === "text" || id === "any" ? t(`kind.${id}`) : id);
  return (
    <section>
      <h2 className="text-lg font-semibold">{t("detail.features")}</h2>
      <p className="mb-2 text-ink-muted">{t("detail.featuresLead", { count: model.features.length })}</p>
      <ul className="flex flex-wrap gap-2">
        {model.features.map((f) => (
          <li
            key={f.name}
            className="rounded-md border border-line bg-surface px-2.5 py-1 text-sm wrap-anywhere"
          >
            {f.name} <span className="text-ink-muted">· {kind(f.kind)}</span>
          </li>
        ))}
      </ul>
    </section>
  );
}

function Imports({ model }: { model: ModelDetail }) {
  const { t } = useTranslation("uploads");
  const format = useFormat();
  return (
    <section>
      <h2 className="text-lg font-semibold">{t("detail.imports")}</h2>
      <p className="mb-2 text-ink-muted">{t("detail.importsLead")}</p>
      <div className="card overflow-hidden">
        <Table
          dense
          label={t("detail.imports")}
          rows={model.facts.imports}
          rowKey={(i) => i.name}
          columns={[
            {
              id: "name",
              header: t("detail.importName"),
              rowHeader: true,
              cell: (i) => <span className="font-mono text-xs wrap-anywhere">{i.name}</span>,
            },
            {
              id: "kind",
              header: t("detail.importKind"),
              className: "whitespace-nowrap",
              cell: (i) => <Kind id={i.kind} />,
            },
            {
              id: "calls",
              header: t("detail.importCalls"),
              numeric: true,
              cell: (i) => format.count(i.calls),
            },
            {
              id: "offset",
              header: t("detail.importOffset"),
              numeric: true,
              cell: (i) => format.count(i.offset),
            },
          ]}
        />
      </div>
    </section>
  );
}
