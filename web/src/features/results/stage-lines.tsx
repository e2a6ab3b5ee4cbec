import { ChevronRight } from "lucide-react";
import { useTranslation } from "react-i18next";

import type { Finding, Outcome, StageRecord } from "@/api/types";
import { useCatalogue } from "@/i18n/useCatalogue";
import { OutcomeBadge } from "@/ui/Badge";

import { bySeverity, isRecord, useFindingWords, worstOutcome } from "./finding-words";
import type { StageLink } from "./types";

interface StageLinesProps {
  stages: StageRecord[];
  findings: Finding[];
  StageLink: StageLink;
}

/** One sentence a stage. */
export function StageLines({ stages, findings, StageLink }: StageLinesProps) {
  const { t } = useTranslation("results");
  const { say } = useCatalogue();
  const sentence = useStageSentence();
  return (
    <section className="flex flex-col gap-3">
      <h2 className="text-xl font-semibold">{t("stages")}</h2>
      <ul className="card divide-y divide-line overflow-hidden">
        {stages.map((record) => {
          const own = findings.filter((f) => f.stage === record.id);
          const outcome = stageOutcome(record, own);
          const title = say(`stages.${record.id}.title`, {}, record.id);
          return (
            <li key={record.id}>
              <StageLink
                stage={record.id}
                className="grid grid-cols-[1fr_auto] items-center gap-x-4 gap-y-1 px-4 py-3 text-ink no-underline hover:bg-sunken sm:grid-cols-[9rem_9rem_1fr_auto]"
              >
                <span className="font-medium">{title}</span>
                <span className="justify-self-end sm:justify-self-start">
                  <OutcomeBadge outcome={outcome} label={say(`outcomes.${outcome}`)} look="plain" />
                </span>
                <span className="col-span-2 max-w-[90ch] min-w-0 text-base break-words text-ink-muted sm:col-span-1">
                  {sentence(record, own)}
                </span>
                <ChevronRight aria-hidden size={16} className="hidden text-ink-faint sm:block" />
              </StageLink>
            </li>
          );
        })}
      </ul>
    </section>
  );
}

/** What a stage's mark says: its worst finding, or how it ended. */
export function stageOutcome(record: StageRecord, findings: Finding[]): Outcome {
  if (record.status.state === "failed" || record.status.state === "cancelled") return "errored";
  if (record.status.state === "not-run") return "not-applicable";
  return (
    worstOutcome(findings.filter((f) => f.outcome !== "not-applicable" && !isRecord(f))) ?? "not-applicable"
  );
}

function useStageSentence() {
  const { t } = useTranslation("results");
  const { say } = useCatalogue();
  const words = useFindingWords();
  return ({ status }: StageRecord, findings: Finding[]): string => {
    if (status.state === "not-run") return t("stage.notRunText", { reason: say(`reasons.${status.reason}`) });
    if (status.state === "failed") return say(`errors.${status.error}`, {}, t("stage.failed"));
    if (status.state === "cancelled") return t("stage.cancelledText");
    const judged = findings.filter((f) => f.outcome !== "not-applicable" && !isRecord(f));
    const wrong = judged.filter((f) => f.outcome !== "pass").toSorted(bySeverity);
    const [first, ...others] = wrong;
    if (!first) return judged.length === 0 ? t("stageUnjudged") : t("stageFine", { count: judged.length });
    const more = others.length > 0 ? ` (${t("stageMore", { count: others.length })})` : "";
    return `${words.sentence(first)}${more}`;
  };
}
