import { callJson } from "./client";

/** A sentence and the places of the result that it stands on, as JSON pointers. */
export interface Sentence {
  text: string;
  evidence: string[];
}

/** Why a language model wrote nothing that can be shown. */
export type NarrativeProblem =
  | "timeout"
  | "unreachable"
  | "malformed"
  | "refused"
  | "rate-limited"
  | "budget"
  | "nothing-kept";

export interface Review {
  area: "synthesis" | "metrics" | "explainability" | "robustness" | "fairness";
  sentences: Sentence[];
  rejected: number;
  problem: NarrativeProblem | null;
}

/** What a language model wrote about a result, after every sentence was checked against it. */
export interface Narrative {
  language: "en" | "es";
  /** `off`: no model is configured; `missing`: nothing is written in this language yet. */
  state: "off" | "missing" | "written" | "failed";
  provider: string | null;
  model: string | null;
  reviews: Review[];
  kept: number;
  rejected: number;
  /** Sentences that were asked for again. */
  retried: number;
  seconds: number | null;
  prompt_tokens: number | null;
  completion_tokens: number | null;
  /** US dollars; null when no price is known. */
  cost: number | null;
  problem: NarrativeProblem | null;
  written_at: string | null;
}

export const getNarrative = (id: string, language: Narrative["language"], signal?: AbortSignal) =>
  callJson<Narrative>(`/audit/analyses/${id}/narrative`, {
    query: { language },
    ...(signal ? { signal } : {}),
  });

/** Has it written, anew where there is one; may take a minute. */
export const writeNarrative = (id: string, language: Narrative["language"], signal?: AbortSignal) =>
  callJson<Narrative>(`/audit/analyses/${id}/narrative`, {
    method: "POST",
    body: { language },
    ...(signal ? { signal } : {}),
  });
