import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { Answer } from "@/api/Answer";
import type { Cohort } from "@/api/asked";
import type { AuditResult } from "@/api/types";
import { EstimatePlot } from "@/charts/estimates";
import { Headline, Part } from "@/charts/headline";
import { useNumbers } from "@/charts/use-numbers";
import { useCatalogue } from "@/i18n/useCatalogue";
import { Button } from "@/ui/Button";
import { Field } from "@/ui/Field";
import { Table } from "@/ui/Table";
import { DetailSkeleton } from "@/ui/TableSkeleton";

import { cohortQuery } from "./queries";

interface CohortViewProps {
  id: string;
  manifest: AuditResult["manifest"];
  filter: string;
  onFilter: (filter: string) => void;
}

/** Names that need no quotes, as the filter's grammar says. */
const BARE = /^[\p{L}_][\p{L}\p{N}_.-]*$/u;
const KEYWORDS = new Set(["and", "or", "not", "in", "is", "missing"]);
const COLUMNS = 40;

/** A column as it is written in a filter. */
export const quoted = (name: string) =>
  BARE.test(name) && !KEYWORDS.has(name.toLowerCase()) ? name : `"${name.replaceAll('"', '""')}"`;

/** Rows that fulfil a condition: how many, and how good the model is on them. */
export function CohortView({ id, manifest, filter, onFilter }: CohortViewProps) {
  const { t } = useTranslation("explore");
  const [text, setText] = useState(filter);
  const query = useQuery(cohortQuery(id, filter));
  const own = [...manifest.roles.protected, ...manifest.features.map((f) => f.name)];
  const columns = [...new Set(own)].map(quoted);
  return (
    <div className="flex min-w-0 flex-col gap-5">
      <form
        className="card flex min-w-0 flex-col gap-3 px-4 py-4 sm:px-5"
        onSubmit={(event) => {
          event.preventDefault();
          onFilter(text.trim());
        }}
      >
        <Field
          label={t("cohort.label")}
          placeholder={`${columns[0] ?? "age"} is not missing`}
          value={text}
          onChange={setText}
          help={t("cohort.help")}
          spellCheck="false"
          autoComplete="off"
          autoCorrect="off"
        />
        <p className="text-sm wrap-anywhere text-ink-muted">
          {t("cohort.columns", { columns: columns.slice(0, COLUMNS).join(", ") })}
          {columns.length > COLUMNS ? " …" : null}
        </p>
        <Button
          type="submit"
          look="primary"
          className="self-start"
          isPending={query.isFetching}
          isDisabled={text.trim() === ""}
        >
          {t("cohort.measure")}
        </Button>
      </form>
      {filter === "" ? (
        <p className="text-ink-muted">{t("cohort.notYet")}</p>
      ) : (
        <Answer query={query} skeleton={<DetailSkeleton />}>
          {(cohort) => <Measured cohort={cohort} isRegression={manifest.task === "regression"} />}
        </Answer>
      )}
    </div>
  );
}

function Measured({ cohort, isRegression }: { cohort: Cohort; isRegression: boolean }) {
  const { t } = useTranslation("explore");
  const { say } = useCatalogue();
  const numbers = useNumbers();
  const { inside, outside } = cohort;
  const share = (n: number) => numbers.format(cohort.rows > 0 ? n / cohort.rows : null, "share");
  return (
    <>
      <div role="status">
        <Headline
          facts={[
            { label: t("cohort.inside"), value: numbers.count(inside.n), note: share(inside.n) },
            { label: t("cohort.outside"), value: numbers.count(outside.n), note: share(outside.n) },
          ]}
        />
      </div>
      <p className="text-sm text-ink-muted">
        {t("cohort.understood")} <code className="wrap-anywhere">{cohort.filter}</code>
      </p>
      <Part title={t("cohort.metrics")}>
        {inside.reason === null ? (
          <>
            {isRegression ? null : <Picture cohort={cohort} />}
            <MetricTable cohort={cohort} />
          </>
        ) : (
          <p>{t("cohort.tooFew", { reason: say(`reasons.${inside.reason}`), n: numbers.count(inside.n) })}</p>
        )}
      </Part>
    </>
  );
}

type Metric = Cohort["inside"]["metrics"][number];

const find = (metrics: Metric[], id: string) => metrics.find((m) => m.id === id)?.estimate;

/** The metrics of classifiers share a scale: both parts in one picture. */
function Picture({ cohort }: { cohort: Cohort }) {
  const { t } = useTranslation("explore");
  const { say } = useCatalogue();
  const numbers = useNumbers();
  const { metrics } = cohort.inside;
  const first = metrics[0];
  const rest = first && find(cohort.outside.metrics, first.id);
  if (!first) return null;
  const none = { value: null, low: null, high: null, n: cohort.outside.n, method: "none" };
  return (
    <EstimatePlot
      mark="dot"
      unit="number"
      series={[t("cohort.inside"), t("cohort.outside")]}
      caption={t("cohort.caption", {
        metric: say(`metrics.${first.id}`),
        inside: numbers.estimate(first.estimate, "number"),
        outside: numbers.estimate(rest ?? none, "number"),
      })}
      rows={metrics.map((m) => ({
        label: say(`metrics.${m.id}`),
        estimates: [m.estimate, find(cohort.outside.metrics, m.id) ?? none],
      }))}
      rowTitle={t("cohort.metric")}
      valueTitle={t("cohort.value")}
      computed={t("cohort.computed")}
    />
  );
}

function MetricTable({ cohort }: { cohort: Cohort }) {
  const { t } = useTranslation("explore");
  const { say } = useCatalogue();
  const numbers = useNumbers();
  const written = (e: Metric["estimate"] | undefined) => (e ? numbers.estimate(e, "number") : "–");
  return (
    <Table
      dense
      label={t("cohort.metrics")}
      rows={cohort.inside.metrics}
      rowKey={(m) => m.id}
      columns={[
        { id: "metric", header: t("cohort.metric"), rowHeader: true, cell: (m) => say(`metrics.${m.id}`) },
        { id: "inside", header: t("cohort.inside"), numeric: true, cell: (m) => written(m.estimate) },
        {
          id: "outside",
          header: t("cohort.outside"),
          numeric: true,
          cell: (m) => written(find(cohort.outside.metrics, m.id)),
        },
      ]}
    />
  );
}
