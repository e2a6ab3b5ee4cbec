import {
  CircleCheck,
  CircleDashed,
  CircleSlash,
  Clock,
  LoaderCircle,
  type LucideIcon,
  OctagonX,
} from "lucide-react";
import { useTranslation } from "react-i18next";

import type { Counts, JobState, StageState } from "@/api/types";
import { Badge, type BadgeTone, type OutcomeId, outcomeMark } from "@/ui/Badge";

const jobMarks: Record<JobState, { icon: LucideIcon; tone: BadgeTone }> = {
  queued: { icon: Clock, tone: "inconclusive" },
  running: { icon: LoaderCircle, tone: "accent" },
  done: { icon: CircleCheck, tone: "pass" },
  failed: { icon: OctagonX, tone: "issue" },
  cancelled: { icon: CircleSlash, tone: "inconclusive" },
};

const stageMarks: Record<StageState, { icon: LucideIcon; className: string }> = {
  waiting: { icon: CircleDashed, className: "text-ink-faint" },
  running: { icon: LoaderCircle, className: "text-accent-ink animate-turn" },
  done: { icon: CircleCheck, className: "text-pass" },
  "not-run": { icon: CircleSlash, className: "text-ink-faint" },
  failed: { icon: OctagonX, className: "text-issue" },
  cancelled: { icon: CircleSlash, className: "text-ink-faint" },
};

/** The verdict of a finished audit, or how far it is. */
export function VerdictBadge({ state, verdict }: { state: JobState; verdict: OutcomeId | null }) {
  const { t } = useTranslation("audits");
  if (state === "done" && verdict) {
    const { icon, tone } = outcomeMark[verdict];
    return <Badge icon={icon} tone={tone} label={t(`verdict.${verdict}`)} />;
  }
  const { icon, tone } = jobMarks[state];
  return <Badge icon={icon} tone={tone} label={t(`state.${state}`)} />;
}

/** The state of a stage as a mark; the word is for screen readers unless it is shown. */
export function StageMark({ state, showWord }: { state: StageState; showWord?: boolean }) {
  const { t } = useTranslation("audits");
  const { icon: Icon, className } = stageMarks[state];
  return (
    <span className="inline-flex items-center gap-1.5">
      <Icon aria-hidden size={15} strokeWidth={2.2} className={className} />
      <span className={showWord ? "text-sm text-ink-muted" : "sr-only"}>{t(`stage.${state}`)}</span>
    </span>
  );
}

const counted = ["issue", "watch", "inconclusive", "pass"] as const;

/** Findings by outcome, those without any left out. */
export function CountList({ counts }: { counts: Counts }) {
  const { t } = useTranslation("audits");
  const there = counted.filter((id) => counts[id] > 0);
  if (there.length === 0) return <span className="text-ink-muted">{t("counts.none")}</span>;
  return (
    <ul className="flex flex-wrap gap-x-3 gap-y-0.5">
      {there.map((id) => (
        <li key={id}>
          <Badge
            look="plain"
            icon={outcomeMark[id].icon}
            tone={outcomeMark[id].tone}
            label={t(`counts.${id}`, { count: counts[id] })}
          />
        </li>
      ))}
    </ul>
  );
}
