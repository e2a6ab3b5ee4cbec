import { clsx } from "clsx";
import { ChevronRight } from "lucide-react";
import { useTranslation } from "react-i18next";

import type { AppliedLimit, Finding } from "@/api/types";
import { digitsOf, type Unit } from "@/charts/numbers";
import { useNumbers } from "@/charts/use-numbers";
import { useCatalogue } from "@/i18n/useCatalogue";
import { outcomeMark, OutcomeBadge, SeverityBadge } from "@/ui/Badge";

import { findingPlace } from "./citations";
import { isRecord, unitOf, useFindingWords } from "./finding-words";
import type { StageLink } from "./types";

interface FindingListProps {
  findings: Finding[];
  /** Those of the whole result: a finding's place among them is its address. */
  all?: readonly Finding[] | undefined;
  label: string;
  /** With it, each finding links to its stage. */
  StageLink?: StageLink;
}

/** Findings in words, each with its numbers, its limit, and on request how it was judged. */
export function FindingList({ findings, all, label, StageLink }: FindingListProps) {
  return (
    <ul
      aria-label={label}
      className="divide-y divide-line overflow-hidden rounded-lg border border-line bg-surface"
    >
      {findings.map((finding) => (
        <FindingItem
          key={`${finding.check}${finding.evidence}${JSON.stringify(finding.scope)}`}
          {...{ finding, StageLink }}
          place={all && findingPlace(all.indexOf(finding))}
        />
      ))}
    </ul>
  );
}

interface FoldedProps extends Omit<FindingListProps, "label"> {
  title: string;
  open?: boolean;
}

/** Findings behind a line with their number. */
export function Folded({ title, findings, all, StageLink, open = false }: FoldedProps) {
  return (
    <details open={open} className="group/fold flex flex-col">
      <summary className="num flex min-h-6 cursor-pointer list-none items-center gap-1.5 text-sm font-semibold text-ink-muted [&::-webkit-details-marker]:hidden">
        <ChevronRight aria-hidden size={14} className="transition-transform group-open/fold:rotate-90" />
        {title} <span className="font-normal text-ink-faint">{findings.length}</span>
      </summary>
      <div className="pt-2">
        <FindingList findings={findings} all={all} label={title} {...(StageLink ? { StageLink } : {})} />
      </div>
    </details>
  );
}

interface FindingItemProps {
  finding: Finding;
  StageLink: StageLink | undefined;
  /** Where a citation leads to. */
  place: string | undefined;
}

function FindingItem({ finding, StageLink, place }: FindingItemProps) {
  const { t } = useTranslation("results");
  const { say } = useCatalogue();
  const words = useFindingWords();
  const numbers = useNumbers();
  const unit = unitOf(finding.check);
  const { icon: Icon, tone } = outcomeMark[finding.outcome];
  const inks = {
    issue: "text-issue",
    watch: "text-watch",
    inconclusive: "text-inconclusive",
    pass: "text-pass",
    info: "text-info",
    accent: "text-accent-ink",
  };
  const quiet = finding.outcome === "pass" || finding.outcome === "not-applicable" || isRecord(finding);
  const judged = (finding.outcome === "issue" || finding.outcome === "watch") && !isRecord(finding);
  const title = words.title(finding);
  const digits = digitsOf([finding.measured], unit);
  const { limit } = finding;
  return (
    <li
      id={place}
      tabIndex={place === undefined ? undefined : -1}
      className={clsx(
        "grid gap-x-5 gap-y-1.5 px-3.5 outline-offset-[-2px] focus:bg-accent-soft md:grid-cols-[1fr_11rem]",
        quiet ? "py-2" : "py-3",
      )}
    >
      <div className="flex min-w-0 gap-2.5">
        <Icon aria-hidden size={17} className={`mt-0.5 shrink-0 ${inks[tone]}`} />
        <div className="min-w-0">
          <p className="flex flex-wrap items-center gap-x-2.5 gap-y-1">
            <span className="font-medium">{title}</span>
            {judged ? (
              <SeverityBadge severity={finding.severity} label={say(`severities.${finding.severity}`)} />
            ) : null}
            <OutcomeBadge outcome={finding.outcome} label={say(`outcomes.${finding.outcome}`)} look="plain" />
          </p>
          <p className="mt-0.5 max-w-[80ch] text-base break-words text-ink-muted">
            {words.sentence(finding)}
          </p>
          <FindingDetails {...{ finding, title, StageLink }} />
        </div>
      </div>
      <dl className="num grid h-fit grid-cols-[auto_1fr] gap-x-3 gap-y-0.5 pl-7 text-sm md:pl-0">
        <dt className="text-ink-faint">{t("finding.measured")}</dt>
        <dd className="text-right font-medium">{numbers.format(finding.measured.value, unit, digits)}</dd>
        {!quiet && (
          <>
            <dt className="text-ink-faint">n</dt>
            <dd className="text-right">{numbers.count(finding.measured.n)}</dd>
          </>
        )}
        {!quiet && limit && <LimitLines limit={limit} unit={unit} />}
      </dl>
    </li>
  );
}

/** Each limit with the side that is past it. */
function LimitLines({ limit, unit }: { limit: AppliedLimit; unit: Unit }) {
  const { t } = useTranslation("results");
  const numbers = useNumbers();
  const past = limit.good === "below" ? ">" : "<";
  return (["watch", "issue", "critical"] as const).map((kind) => {
    const value = limit[kind];
    return value === undefined ? null : (
      <div key={kind} className="contents">
        <dt className="text-ink-faint">{t(`finding.${kind}At`)}</dt>
        <dd className="text-right">{`${past} ${numbers.limit(value, unit)}`}</dd>
      </div>
    );
  });
}

interface FindingDetailsProps {
  finding: Finding;
  title: string;
  StageLink: StageLink | undefined;
}

function FindingDetails({ finding, title, StageLink }: FindingDetailsProps) {
  const { t } = useTranslation("results");
  const { say } = useCatalogue();
  const words = useFindingWords();
  const numbers = useNumbers();
  const unit = unitOf(finding.check);
  const { severity_basis: basis, limit, p_value: p, detectable } = finding;
  const advice = words.recommendation(finding);
  const origin = limit?.origin;
  const lines: [string, string | null][] = [
    [t("finding.recommendation"), advice],
    [
      t("finding.severity"),
      basis
        ? t("finding.arithmetic", {
            ratio: numbers.format(basis.effect_ratio, "ratio"),
            share: numbers.format(basis.share_affected, "share"),
            product: numbers.format(basis.product, "ratio"),
            severity: say(`severities.${finding.severity}`),
          })
        : null,
    ],
    [
      t("finding.limit"),
      origin
        ? t("finding.origin", {
            origin: t(`finding.origins.${origin}` as "finding.origins.user", { defaultValue: origin }),
          })
        : null,
    ],
    [t("finding.p"), p === undefined ? null : `${numbers.format(p, "p")} (${t("finding.pNote")})`],
    [t("finding.detectable"), detectable === undefined ? null : numbers.format(detectable, unit)],
  ];
  return (
    <details className="group/item mt-1 text-sm">
      <summary
        aria-label={t("finding.detailsOf", { title })}
        className="inline-flex min-h-6 cursor-pointer list-none items-center gap-1 text-accent-ink [&::-webkit-details-marker]:hidden"
      >
        <ChevronRight aria-hidden size={14} className="transition-transform group-open/item:rotate-90" />
        {t("finding.details")}
      </summary>
      <dl className="mt-1 grid max-w-[80ch] gap-x-5 gap-y-1 sm:grid-cols-[9rem_1fr]">
        {lines.map(([label, value]) =>
          value === null ? null : (
            <div key={label} className="contents">
              <dt className="text-ink-faint">{label}</dt>
              <dd className="mb-1 break-words sm:mb-0">{value}</dd>
            </div>
          ),
        )}
        <dt className="text-ink-faint">{t("finding.evidence")}</dt>
        <dd className="flex flex-wrap gap-x-3">
          {StageLink && (
            <StageLink stage={finding.stage} className="text-accent-ink underline underline-offset-4">
              {say(`stages.${finding.stage}.title`, {}, finding.stage)}
            </StageLink>
          )}
          <code className="text-xs leading-5 break-all text-ink-muted">{finding.evidence}</code>
        </dd>
      </dl>
    </details>
  );
}
