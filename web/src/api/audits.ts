import type { ChangeAsk, Changes, Cohort, Counterfactuals, RowReport, WhatIf } from "./asked";
import { call, callJson } from "./client";
import type {
  Analysis,
  AnalysisSummary,
  AuditRequest,
  CheckAnswer,
  CompareAnswer,
  Page,
  PreparedAudit,
  Snapshot,
} from "./types";

export interface AnalysisFilter {
  q?: string | undefined;
  state?: string | undefined;
}

export const listAnalyses = (filter: AnalysisFilter, cursor: string | undefined, signal?: AbortSignal) =>
  callJson<Page<AnalysisSummary>>("/audit/analyses", {
    query: { ...filter, cursor, limit: 30 },
    ...(signal ? { signal } : {}),
  });

export const getAnalysis = (id: string, signal?: AbortSignal) =>
  callJson<Analysis>(`/audit/analyses/${id}`, signal ? { signal } : {});

export const deleteAnalysis = (id: string) => call(`/audit/analyses/${id}`, { method: "DELETE" });

export const getSnapshot = (jobId: string, signal?: AbortSignal) =>
  callJson<Snapshot>(`/audit/full/${jobId}`, signal ? { signal } : {});

export const cancelJob = (jobId: string) => call(`/audit/full/${jobId}`, { method: "DELETE" });

export const checkAudit = (body: AuditRequest, signal?: AbortSignal) =>
  callJson<CheckAnswer>("/audit/check", { method: "POST", body, ...(signal ? { signal } : {}) });

export const listPrepared = (signal?: AbortSignal) =>
  callJson<PreparedAudit[]>("/audit/prepared", signal ? { signal } : {});

export const startAudit = (body: AuditRequest) =>
  callJson<{ job_id: string; state: string; analysis_id: string }>("/audit/full", { method: "POST", body });

export const compareAudits = (body: { old: string; new: string }, signal?: AbortSignal) =>
  callJson<CompareAnswer>("/audit/compare", { method: "POST", body, ...(signal ? { signal } : {}) });

/** Rows count from 0; with a feature the answer says how predictions depend on it. */
export const explainRow = (id: string, row: number, signal?: AbortSignal, feature?: string) =>
  callJson<RowReport>(`/audit/analyses/${id}/explain`, {
    method: "POST",
    body: { row, ...(feature === undefined ? {} : { feature }) },
    ...(signal ? { signal } : {}),
  });

export const askWhatIf = (
  id: string,
  body: { row: number; changes: Changes; feature?: string },
  signal?: AbortSignal,
) =>
  callJson<WhatIf>(`/audit/analyses/${id}/what-if`, {
    method: "POST",
    body,
    ...(signal ? { signal } : {}),
  });

export const findChanges = (id: string, row: number, ask: ChangeAsk, signal?: AbortSignal) =>
  callJson<Counterfactuals>(`/audit/analyses/${id}/counterfactuals`, {
    method: "POST",
    body: { row, ...ask },
    ...(signal ? { signal } : {}),
  });

export const measureCohort = (id: string, filter: string, signal?: AbortSignal) =>
  callJson<Cohort>(`/audit/analyses/${id}/cohort`, {
    method: "POST",
    body: { filter },
    ...(signal ? { signal } : {}),
  });

/** A report as a file: its bytes and the name the server gives it. */
export async function downloadReport(
  id: string,
  format: "txt" | "json",
  lang: "en" | "es",
): Promise<{ blob: Blob; name: string }> {
  const answer = await call(`/report/analysis/${id}/download`, { query: { format, lang } });
  const named = /filename="?([^";]+)"?/.exec(answer.headers.get("content-disposition") ?? "");
  return { blob: await answer.blob(), name: named?.[1] ?? `fine-${id}.${format}` };
}
