import { useTranslation } from "react-i18next";

import type { AuditResult, Finding, Outcome, Statement } from "@/api/types";
import { useCatalogue } from "@/i18n/useCatalogue";
import { Alert } from "@/ui/Alert";
import { outcomeMark, OutcomeBadge, SeverityBadge } from "@/ui/Badge";

import { FindingsPanel } from "./findings-panel";
import { NarrativePart } from "./narrative";
import { StageLines } from "./stage-lines";
import { useStatementWords } from "./statement";
import type { ResultSummaryProps } from "./types";

/** The first page of a result: verdict, diagnosis, one sentence a stage, all findings, and what was audited. */
export function ResultSummary({
  result,
  partial,
  id,
  StageLink,
  filter,
  onFilterChange,
}: ResultSummaryProps) {
  const { t } = useTranslation("results");
  const stages = result?.stages ?? partial?.stages ?? [];
  const findings = result?.findings ?? partial?.findings ?? [];
  return (
    <div className="flex min-w-0 flex-col gap-9">
      {result ? (
        <Verdict result={result} />
      ) : (
        <div className="flex flex-col gap-4">
          <Alert title={t("runningTitle")} isLive={false}>
            {t("running", { count: stages.length })}
          </Alert>
          <Counts findings={findings} />
        </div>
      )}
      {stages.length > 0 && <StageLines {...{ stages, findings, StageLink }} />}
      {result && (
        <div className="grid gap-x-10 gap-y-9 lg:grid-cols-2">
          <Statements
            title={t("risks")}
            empty={t("noRisks")}
            list={result.diagnosis.risks}
            findings={findings}
            marked
          />
          <Statements
            title={t("recommendations")}
            empty={t("noRecommendations")}
            list={result.diagnosis.recommendations}
            findings={findings}
          />
        </div>
      )}
      {result && id !== undefined && <NarrativePart {...{ id, result, StageLink }} />}
      {findings.length > 0 && <FindingsPanel {...{ findings, StageLink, filter, onFilterChange }} />}
    </div>
  );
}

const GROUNDS: Record<string, string> = {
  issue: "bg-issue-soft text-issue",
  watch: "bg-watch-soft text-watch",
  inconclusive: "bg-inconclusive-soft text-inconclusive",
  pass: "bg-pass-soft text-pass",
};

function Verdict({ result }: { result: AuditResult }) {
  const { t } = useTranslation("results");
  const { say } = useCatalogue();
  const words = useStatementWords(result.findings);
  const { icon: Icon, tone } = outcomeMark[result.verdict];
  const lead = result.diagnosis.summary.find((s) => s.key.startsWith("diagnosis.verdict."));
  const rest = result.diagnosis.summary.filter((s) => s !== lead);
  return (
    <section aria-label={t("verdict")} className="card flex flex-col gap-4 px-4 py-4 sm:flex-row sm:px-5">
      <span
        className={`flex h-11 w-11 shrink-0 items-center justify-center rounded-lg ${GROUNDS[tone] ?? GROUNDS.inconclusive}`}
      >
        <Icon aria-hidden size={24} />
      </span>
      <div className="flex min-w-0 flex-col gap-2.5">
        <h2 id="verdict" tabIndex={-1} className="text-xl font-semibold first-letter:uppercase">
          {say(`outcomes.${result.verdict}`)}
        </h2>
        {lead && <p className="max-w-[75ch] text-lg text-pretty">{words(lead)}</p>}
        {rest.length > 0 && (
          <p className="max-w-[80ch] text-base text-pretty text-ink-muted">{rest.map(words).join(" ")}</p>
        )}
      </div>
    </section>
  );
}

const COUNTED = ["issue", "watch", "inconclusive", "pass"] as const;
const count = (findings: Finding[], outcome: Outcome) => findings.filter((f) => f.outcome === outcome).length;

function Counts({ findings }: { findings: Finding[] }) {
  const { t } = useTranslation("results");
  return (
    <ul aria-label={t("counts.label")} className="num flex flex-wrap gap-2">
      {COUNTED.map((outcome) => {
        const n = count(findings, outcome);
        return n === 0 ? null : (
          <li key={outcome}>
            <OutcomeBadge outcome={outcome} label={t(`counts.${outcome}`, { count: n })} />
          </li>
        );
      })}
    </ul>
  );
}

interface StatementsProps {
  title: string;
  empty: string;
  list: Statement[];
  findings: Finding[];
  marked?: boolean;
}

function Statements({ title, empty, list, findings, marked }: StatementsProps) {
  const { say } = useCatalogue();
  const words = useStatementWords(findings);
  return (
    <section className="flex min-w-0 flex-col gap-3">
      <h2 className="text-xl font-semibold">{title}</h2>
      {list.length === 0 ? (
        <p className="text-ink-muted">{empty}</p>
      ) : (
        <ol className="flex flex-col gap-2.5">
          {list.map((statement, i) => (
            <li key={`${statement.key}${i}`} className="grid grid-cols-[1.5rem_1fr] text-base">
              <span aria-hidden className="num text-ink-faint">
                {i + 1}
              </span>
              <span className="min-w-0 break-words">
                {marked && (
                  <>
                    <SeverityBadge
                      severity={statement.severity}
                      label={say(`severities.${statement.severity}`)}
                      look="plain"
                    />{" "}
                  </>
                )}
                {words(statement)}
              </span>
            </li>
          ))}
        </ol>
      )}
    </section>
  );
}
