import { Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import type { Change, Comparison } from "@/api/comparison";
import type { AnalysisSummary, CompareAnswer, Outcome } from "@/api/types";
import { Part } from "@/charts/headline";
import { useNumbers } from "@/charts/use-numbers";
import { useCatalogue } from "@/i18n/useCatalogue";
import { OutcomeBadge } from "@/ui/Badge";

import { ChangeBadge } from "./ChangeBadge";
import { ChurnPart } from "./ChurnPart";
import { FindingChanges } from "./FindingChanges";
import { ImportancePart } from "./ImportancePart";
import { HitsPart, MetricsPart } from "./MetricsPart";
import type { FindingWords } from "./types";

interface ComparisonViewProps {
  answer: CompareAnswer;
  words: FindingWords;
}

/** What the new model does differently, what is better or worse first. */
export function ComparisonView({ answer, words }: ComparisonViewProps) {
  const { t } = useTranslation("compare");
  const { comparison } = answer;
  return (
    <div className="flex min-w-0 flex-col gap-6">
      <Lead answer={answer} />
      <MetricsPart comparison={comparison} />
      {comparison.hits ? <HitsPart hits={comparison.hits} /> : null}
      <ChurnPart comparison={comparison} />
      <ImportancePart comparison={comparison} />
      <Part title={t("findings.title")} note={t("findings.same", { count: comparison.same_findings })}>
        <FindingChanges changes={comparison.findings} words={words} />
      </Part>
    </div>
  );
}

function Lead({ answer }: { answer: CompareAnswer }) {
  const { t } = useTranslation("compare");
  const numbers = useNumbers();
  const { comparison } = answer;
  return (
    <section aria-label={t("lead")} className="card flex flex-col gap-4 px-4 py-4 sm:px-5">
      <div className="grid gap-4 sm:grid-cols-2">
        <Party title={t("old")} analysis={answer.old} verdict={comparison.old.verdict} />
        <Party title={t("new")} analysis={answer.new} verdict={comparison.new.verdict} />
      </div>
      <ul className="flex flex-col gap-1.5 text-base">
        <Named comparison={comparison} change="worse" />
        <Named comparison={comparison} change="better" />
        <Named comparison={comparison} change="unclear" />
      </ul>
      <p className="text-sm text-ink-muted">
        {t("rows", { count: comparison.rows, n: numbers.count(comparison.rows) })}
      </p>
    </section>
  );
}

function Party({ title, analysis, verdict }: { title: string; analysis: AnalysisSummary; verdict: Outcome }) {
  const { t } = useTranslation("compare");
  const { say } = useCatalogue();
  return (
    <div className="flex min-w-0 flex-col items-start gap-1">
      <h2 className="text-xs text-ink-muted">{title}</h2>
      <Link
        to="/audits/$id"
        params={{ id: analysis.id }}
        className="text-lg font-semibold wrap-anywhere underline-offset-2 hover:underline"
      >
        {analysis.name}
      </Link>
      <p className="text-sm wrap-anywhere text-ink-muted">{analysis.model?.filename ?? t("stored")}</p>
      <OutcomeBadge outcome={verdict} label={say(`outcomes.${verdict}`)} />
    </div>
  );
}

/** The metrics of one kind by name. */
function Named({ comparison, change }: { comparison: Comparison; change: Change }) {
  const { t } = useTranslation("compare");
  const { say } = useCatalogue();
  const names = comparison.metrics.filter((m) => m.change === change).map((m) => say(`metrics.${m.id}`));
  return (
    <li className="flex flex-wrap gap-x-2">
      <ChangeBadge change={change} />
      <span className="min-w-0">{names.length > 0 ? names.join(", ") : t("nothing")}</span>
    </li>
  );
}
