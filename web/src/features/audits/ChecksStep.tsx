import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { Answer } from "@/api/Answer";
import { checkAudit } from "@/api/audits";
import { useProblemWords } from "@/api/problem-words";
import type { AuditRequest, CheckAnswer, CheckStage } from "@/api/types";
import { useCatalogue } from "@/i18n/useCatalogue";
import { useFormat } from "@/lib/format";
import { Alert } from "@/ui/Alert";
import { Checkbox } from "@/ui/Choice";
import { Field } from "@/ui/Field";
import { TableSkeleton } from "@/ui/TableSkeleton";

import type { Draft } from "./draft";
import { updateDraft } from "./draftStore";

/** What the server says about the audit before it starts. */
export function useAuditCheck(request: AuditRequest | null) {
  return useQuery({
    queryKey: ["audits", "check", request],
    queryFn: ({ signal }) => checkAudit(request!, signal),
    enabled: request !== null,
    staleTime: 60_000,
    retry: false,
  });
}

interface ChecksStepProps {
  draft: Draft;
  query: ReturnType<typeof useAuditCheck>;
  /** The name that the audit gets when none is typed. */
  defaultName: string;
}

/** Which stages run, what they cost, and what stands in the way. */
export function ChecksStep({ draft, query, defaultName }: ChecksStepProps) {
  const { t } = useTranslation("audits");
  return (
    <Answer query={query} skeleton={<TableSkeleton rows={8} />}>
      {(answer) => (
        <div className="grid items-start gap-5 lg:grid-cols-[1fr_20rem]">
          <div className="flex min-w-0 flex-col gap-5">
            <Problems answer={answer} />
            {answer.stages.length > 0 ? <Stages answer={answer} skipped={draft.skipped} /> : null}
          </div>
          <aside className="card flex flex-col gap-4 p-5">
            <Field
              label={t("checks.name")}
              value={draft.name}
              placeholder={defaultName}
              maxLength={120}
              onChange={(name) => updateDraft({ type: "name", name })}
            />
            <Field
              label={t("checks.seed")}
              help={t("checks.seedHelp")}
              inputMode="numeric"
              value={String(draft.seed)}
              onChange={(text) => updateDraft({ type: "seed", seed: Number(text.replaceAll(/\D/g, "")) })}
            />
            {answer.stages.length > 0 ? <Total answer={answer} skipped={draft.skipped} /> : null}
          </aside>
        </div>
      )}
    </Answer>
  );
}

function Problems({ answer }: { answer: CheckAnswer }) {
  const { t } = useTranslation("audits");
  const words = useProblemWords();
  if (answer.problems.length === 0) return null;
  return (
    <Alert tone="error" title={t("checks.problems", { count: answer.problems.length })}>
      <ul className="flex list-disc flex-col gap-1 pl-4">
        {answer.problems.map((p) => (
          <li key={`${p.pointer} ${p.code} ${p.detail}`}>
            {words({ slug: p.code, args: p.args ?? null, title: p.detail }).title}
            {p.stable_code ? ` (${p.stable_code})` : null}
          </li>
        ))}
      </ul>
    </Alert>
  );
}

function Stages({ answer, skipped }: { answer: CheckAnswer; skipped: string[] }) {
  const { t } = useTranslation("audits");
  return (
    <section>
      <h2 className="mb-2 text-lg font-semibold">{t("checks.title")}</h2>
      <ul className="card divide-y divide-line">
        {answer.stages.map((stage) => (
          <StageChoice key={stage.id} stage={stage} isChosen={stage.applies && !skipped.includes(stage.id)} />
        ))}
      </ul>
    </section>
  );
}

function StageChoice({ stage, isChosen }: { stage: CheckStage; isChosen: boolean }) {
  const { t } = useTranslation("audits");
  const { say } = useCatalogue();
  const format = useFormat();
  const title = say(`stages.${stage.id}.title`);
  return (
    <li className="flex items-start gap-3 px-4 py-3">
      <Checkbox
        aria-label={title}
        isSelected={isChosen}
        isDisabled={!stage.applies}
        onChange={(chosen) => updateDraft({ type: "stage", id: stage.id, isChosen: chosen })}
      />
      <div className="min-w-0 flex-1">
        <p className={stage.applies ? "font-medium" : "font-medium text-ink-muted"}>{title}</p>
        <p className="text-ink-muted">
          {stage.applies
            ? say(`stages.${stage.id}.question`)
            : t("checks.notHere", { reason: say(`reasons.${stage.reason ?? "no-meaning"}`) })}
        </p>
      </div>
      {stage.applies ? (
        <p className="num shrink-0 text-right text-sm text-ink-muted">
          <span className="block text-ink">{expected(stage.expected_ms, format, t("checks.subSecond"))}</span>
          {stage.cost.predicted_rows > 0 ? (
            <span className="block max-sm:hidden">
              {t("checks.predictions", { rows: format.count(stage.cost.predicted_rows) })}
            </span>
          ) : null}
        </p>
      ) : null}
    </li>
  );
}

function Total({ answer, skipped }: { answer: CheckAnswer; skipped: string[] }) {
  const { t } = useTranslation("audits");
  const format = useFormat();
  const chosen = answer.stages.filter((s) => s.applies && !skipped.includes(s.id));
  const ms = chosen.reduce((sum, s) => sum + s.expected_ms, 0);
  const rows = chosen.reduce((sum, s) => sum + s.cost.predicted_rows, 0);
  return (
    <dl className="num flex flex-col gap-1.5 border-t border-line pt-4">
      {[
        [t("checks.chosen"), t("checks.ofStages", { chosen: chosen.length, all: answer.stages.length })],
        [t("checks.rows"), format.count(answer.rows)],
        [t("checks.allPredictions"), format.count(rows)],
        [t("checks.expected"), expected(ms, format, t("checks.subSecond"))],
      ].map(([name, value]) => (
        <div key={name} className="flex justify-between gap-4">
          <dt className="text-ink-muted">{name}</dt>
          <dd>{value}</dd>
        </div>
      ))}
    </dl>
  );
}

function expected(ms: number, format: ReturnType<typeof useFormat>, below: string): string {
  return ms < 1000 ? below : format.duration(ms);
}
