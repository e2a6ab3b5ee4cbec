import type { ComponentType, ReactNode } from "react";

import type { AuditResult, Finding, Outcome, StageRecord } from "@/api/types";
import type { StageContext } from "@/stages/props";

/** A link to a stage's tab, or to the summary; the routes know its address. */
export type StageLink = ComponentType<{
  stage: string;
  children: ReactNode;
  className?: string;
  /** A place of the tab. */
  at?: string;
  /** Its name, where its text is only a number. */
  label?: string;
  title?: string;
}>;

/** Which findings are listed; kept in the address by the route. */
export interface FindingFilter {
  outcome?: Outcome;
  stage?: string;
  text?: string;
}

export interface ResultSummaryProps {
  /** The finished audit, or `null` while it runs. */
  result: AuditResult | null;
  /** What is known while the audit runs. */
  partial?: { stages: StageRecord[]; findings: Finding[] };
  /** The analysis; with it, the summary tells it in words. */
  id?: string;
  StageLink: StageLink;
  filter?: FindingFilter;
  onFilterChange?: (filter: FindingFilter) => void;
}

/** How far a stage is: the record's status once it ended, before that what the job says. */
export type StageProgress = { state: "waiting" } | { state: "running"; done: number; total: number };

export interface StageViewProps {
  id: string;
  /** The stage's record once it ended. */
  record?: StageRecord | undefined;
  progress?: StageProgress | undefined;
  /** Findings of any stage: the view takes its own. */
  findings: Finding[];
  context: StageContext;
}
