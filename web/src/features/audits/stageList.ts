import type { Analysis, Finding, Snapshot, StageRecord, StageState } from "@/api/types";

export interface ListedStage {
  id: string;
  state: StageState;
  reason?: string | null;
}

/** The stages of an audit in order: from the result when there is one, else from the job. */
export function stageList(analysis: Analysis, snapshot: Snapshot | undefined): ListedStage[] {
  if (analysis.result) return analysis.result.stages.map((s) => ({ id: s.id, ...endState(s) }));
  if (snapshot) return snapshot.stages.map(({ id, state, reason }) => ({ id, state, reason }));
  return recordsOf(analysis).map((s) => ({ id: s.id, ...endState(s) }));
}

function endState(record: StageRecord): { state: StageState; reason?: string } {
  const { status } = record;
  return status.state === "not-run" ? { state: "not-run", reason: status.reason } : { state: status.state };
}

/** The records of the stages that have ended. */
export function recordsOf(analysis: Analysis): StageRecord[] {
  return analysis.result?.stages ?? analysis.partial?.stages ?? [];
}

/** The findings so far. */
export function findingsOf(analysis: Analysis): Finding[] {
  return analysis.result?.findings ?? analysis.partial?.findings ?? [];
}
