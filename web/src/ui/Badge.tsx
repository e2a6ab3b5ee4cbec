import { clsx } from "clsx";
import {
  Ban,
  CircleAlert,
  CircleCheck,
  CircleQuestionMark,
  CircleSlash,
  Eye,
  Info,
  type LucideIcon,
  OctagonAlert,
  OctagonX,
  TriangleAlert,
} from "lucide-react";

export type OutcomeId = "pass" | "watch" | "inconclusive" | "issue" | "errored" | "not-applicable";
export type SeverityId = "info" | "low" | "medium" | "high" | "critical";
export type BadgeTone = "issue" | "watch" | "inconclusive" | "pass" | "info" | "accent";

const toneClass: Record<BadgeTone, string> = {
  issue: "bg-issue-soft text-issue",
  watch: "bg-watch-soft text-watch",
  inconclusive: "bg-inconclusive-soft text-inconclusive",
  pass: "bg-pass-soft text-pass",
  info: "bg-info-soft text-info",
  accent: "bg-accent-soft text-accent-ink",
};

const toneInk: Record<BadgeTone, string> = {
  issue: "text-issue",
  watch: "text-watch",
  inconclusive: "text-inconclusive",
  pass: "text-pass",
  info: "text-info",
  accent: "text-accent-ink",
};

export const outcomeMark: Record<OutcomeId, { icon: LucideIcon; tone: BadgeTone }> = {
  issue: { icon: OctagonAlert, tone: "issue" },
  watch: { icon: Eye, tone: "watch" },
  inconclusive: { icon: CircleQuestionMark, tone: "inconclusive" },
  pass: { icon: CircleCheck, tone: "pass" },
  errored: { icon: OctagonX, tone: "issue" },
  "not-applicable": { icon: CircleSlash, tone: "inconclusive" },
};

export const severityMark: Record<SeverityId, { icon: LucideIcon; tone: BadgeTone }> = {
  critical: { icon: Ban, tone: "issue" },
  high: { icon: OctagonAlert, tone: "issue" },
  medium: { icon: TriangleAlert, tone: "watch" },
  low: { icon: CircleAlert, tone: "info" },
  info: { icon: Info, tone: "inconclusive" },
};

interface BadgeProps {
  tone?: BadgeTone;
  icon?: LucideIcon;
  /** The word. Colour and icon never stand alone. */
  label: string;
  /** `plain` is icon and word without the coloured ground. */
  look?: "filled" | "plain";
  className?: string;
}

/** A word with a mark. */
export function Badge({ tone = "inconclusive", icon: Icon, label, look = "filled", className }: BadgeProps) {
  return (
    <span
      className={clsx(
        "inline-flex items-center gap-1.5 text-sm font-medium whitespace-nowrap",
        look === "filled" ? clsx("h-6 rounded-full px-2.5", toneClass[tone]) : toneInk[tone],
        className,
      )}
    >
      {Icon ? <Icon aria-hidden size={14} strokeWidth={2.2} className="shrink-0" /> : null}
      {label}
    </span>
  );
}

/** The outcome of a check; the word comes from the catalogue. */
export function OutcomeBadge({
  outcome,
  label,
  look,
}: {
  outcome: OutcomeId;
  label: string;
  look?: "filled" | "plain";
}) {
  const { icon, tone } = outcomeMark[outcome];
  return <Badge icon={icon} tone={tone} label={label} {...(look ? { look } : {})} />;
}

/** How much an issue matters; the word comes from the catalogue. */
export function SeverityBadge({
  severity,
  label,
  look,
}: {
  severity: SeverityId;
  label: string;
  look?: "filled" | "plain";
}) {
  const { icon, tone } = severityMark[severity];
  return <Badge icon={icon} tone={tone} label={label} {...(look ? { look } : {})} />;
}
