import { call, callJson } from "./client";
import { readEventStream } from "./event-stream";
import type { Sentence } from "./narrative";
import { ApiError } from "./problem";

export type ToolId = "cohort" | "slice" | "explain-row" | "what-if" | "thresholds" | "comparison" | "result";

/** One call of a function of the audit, so that the answer can be made again. */
export interface Evidence {
  tool: ToolId;
  args: Record<string, unknown>;
  result: Record<string, unknown> | null;
  problem: string | null;
  /** SHA-256 of the canonical arguments and result. */
  digest: string;
}

/** A question with its answer, as the history keeps it. */
export interface Exchange {
  id: string;
  question: string;
  /** Of the answer. */
  language: "en" | "es";
  asked_at: string;
  answered_by: "rules" | "model";
  model: string | null;
  status: "answered" | "declined" | "not-understood" | "failed";
  sentences: Sentence[];
  evidence: Evidence[];
  rejected: number;
  /** Ids of questions that can be asked instead. */
  suggestions: string[];
}

/** The questions of a result, oldest first, and who answers the next one. */
export interface Exchanges {
  answers_by: Exchange["answered_by"];
  items: Exchange[];
}

/** How far a call of a function is, while the answer is made. */
export interface Step {
  tool: ToolId;
  args: Record<string, unknown>;
  state: "running" | "done" | "failed";
}

export interface Question {
  question: string;
  language: "en" | "es";
}

/** Longest question, in characters. */
export const LONGEST_QUESTION = 500;

export const listQuestions = (id: string, signal?: AbortSignal) =>
  callJson<Exchanges>(`/audit/analyses/${id}/qa`, signal ? { signal } : {});

export const forgetQuestions = (id: string) => call(`/audit/analyses/${id}/qa`, { method: "DELETE" });

export interface AnswerSink {
  onStep: (step: Step) => void;
  onSentence: (sentence: Sentence) => void;
}

/**
 * Asks and reads the answer as it is made.
 *
 * @throws ApiError for a refusal, and with the slug `answer-cut` when the answer breaks off before it is complete
 */
export async function askQuestion(
  id: string,
  body: Question,
  sink: AnswerSink,
  signal: AbortSignal,
): Promise<Exchange> {
  const answer = await call(`/audit/analyses/${id}/qa`, {
    method: "POST",
    body,
    signal,
    headers: { accept: "text/event-stream" },
  });
  const exchange = answer.body ? await readAnswer(answer.body, sink, signal) : null;
  if (exchange) return exchange;
  throw new ApiError({
    title: "cut",
    status: 0,
    slug: "answer-cut",
    request_id: answer.headers.get("x-request-id"),
  });
}

/** The complete exchange, or null when the stream ends before it. */
export async function readAnswer(
  body: ReadableStream<Uint8Array>,
  sink: AnswerSink,
  signal: AbortSignal,
): Promise<Exchange | null> {
  let exchange: Exchange | null = null;
  try {
    await readEventStream(body, ({ event, data }) => {
      if (event === "done") return true;
      const value = parsed(data);
      if (value === null || signal.aborted) return false;
      if (event === "step") sink.onStep(value as unknown as Step);
      if (event === "sentence" && Array.isArray(value.evidence))
        sink.onSentence(value as unknown as Sentence);
      if (event === "answer") exchange = value as unknown as Exchange;
      return false;
    });
  } catch (error) {
    // The connection broke: what is complete stays, what is not is told by the missing answer.
    if (signal.aborted) throw error;
  }
  signal.throwIfAborted();
  return exchange;
}

function parsed(data: string): Record<string, unknown> | null {
  try {
    const value: unknown = JSON.parse(data);
    return typeof value === "object" && value !== null ? (value as Record<string, unknown>) : null;
  } catch {
    return null;
  }
}
