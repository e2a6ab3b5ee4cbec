import type { AppliedLimit, Finding, Task } from "@/api/types";

/** What a stage's view gets: its report, its findings, and what is known about the audit. */
export interface StageProps<Report> {
  report: Report;
  findings: Finding[];
  /** Known once the audit is finished; while it runs, what the list of audits knows. */
  context: StageContext;
}

export interface StageContext {
  task?: Task;
  classes: string[];
  positive?: string;
}

/** The limit a check of this stage was judged by, for the line in a chart. */
export function limitOf(findings: Finding[], check: string): AppliedLimit | undefined {
  return findings.find((f) => f.check === check && f.limit)?.limit;
}
