import { call, callJson } from "./client";
import { networkError, problemOf } from "./problem";
import { apiBase, currentSession, loadConfig, refreshToken } from "./session";
import type { Dataset, DatasetDetail, Model, ModelDetail, ModelReading, Page } from "./types";

export type FileKind = "datasets" | "models";

/** From this size on a file is sent in pieces: a lost connection then costs a piece and not the whole. */
const RESUMABLE_BYTES = 16 * 2 ** 20;

export const listDatasets = (cursor: string | undefined, signal?: AbortSignal) =>
  callJson<Page<Dataset>>("/datasets", { query: { cursor, limit: 50 }, ...(signal ? { signal } : {}) });

export const getDataset = (id: string, signal?: AbortSignal) =>
  callJson<DatasetDetail>(`/datasets/${id}`, signal ? { signal } : {});

export const listModels = (cursor: string | undefined, signal?: AbortSignal) =>
  callJson<Page<Model>>("/models", { query: { cursor, limit: 50 }, ...(signal ? { signal } : {}) });

export const getModel = (id: string, signal?: AbortSignal) =>
  callJson<ModelDetail>(`/models/${id}`, signal ? { signal } : {});

export const chooseReading = (id: string, reading: ModelReading) =>
  callJson<ModelDetail>(`/models/${id}/reading`, { method: "PUT", body: reading });

export const deleteFile = (kind: FileKind, id: string) => call(`/${kind}/${id}`, { method: "DELETE" });

export interface Upload {
  done: Promise<Dataset | Model>;
  cancel: () => void;
}

/**
 * Sends a file: a large one in pieces, where the server takes those, so that a lost connection does not lose it. `fetch`
 * tells nothing about the bytes sent, so the others are an XMLHttpRequest.
 */
export function uploadFile(
  kind: FileKind,
  file: File,
  onBytes: (sent: number, total: number) => void,
): Upload {
  const abort = new AbortController();
  const attempt = async (token: string | null) => send(kind, file, token, onBytes, abort.signal);
  const done = (async () => {
    if (file.size >= RESUMABLE_BYTES && (await loadConfig()).resumable_uploads) {
      const { sendInPieces } = await import("./resumable");
      return sendInPieces(kind, file, onBytes, abort.signal);
    }
    const session = await currentSession();
    const first = await attempt(session?.access_token ?? null);
    const answer = first.status === 401 ? await attempt(await refreshToken()) : first;
    if (answer.status < 300) return answer.body as Dataset | Model;
    throw problemOf(answer.body, answer.status, answer.requestId);
  })();
  return { done, cancel: () => abort.abort() };
}

interface Answer {
  status: number;
  body: unknown;
  requestId: string | null;
}

function send(
  kind: FileKind,
  file: File,
  token: string | null,
  onBytes: (sent: number, total: number) => void,
  signal: AbortSignal,
): Promise<Answer> {
  return new Promise((resolve, reject) => {
    const request = new XMLHttpRequest();
    const form = new FormData();
    form.set("file", file, file.name);
    request.open("POST", `${apiBase}/api/v1/${kind}`);
    if (token) request.setRequestHeader("authorization", `Bearer ${token}`);
    request.upload.addEventListener("progress", (e) => onBytes(Math.min(e.loaded, file.size), file.size));
    request.addEventListener("load", () =>
      resolve({
        status: request.status,
        body: parse(request.responseText),
        requestId: request.getResponseHeader("x-request-id"),
      }),
    );
    request.addEventListener("error", () => reject(networkError()));
    request.addEventListener("abort", () => reject(new DOMException("cancelled", "AbortError")));
    signal.addEventListener("abort", () => request.abort());
    request.send(form);
  });
}

function parse(text: string): unknown {
  try {
    return JSON.parse(text);
  } catch {
    return null;
  }
}
