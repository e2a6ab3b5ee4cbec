import { type DetailedError, type HttpRequest, Upload as TusUpload } from "tus-js-client";

import { callJson } from "./client";
import type { FileKind } from "./files";
import { networkError, problemOf } from "./problem";
import { apiBase, currentSession, refreshToken } from "./session";
import type { Dataset, Model } from "./types";

const PIECE_BYTES = 8 * 2 ** 20;
/** After these pauses a piece is sent again; a server is back within the last ones. */
const PAUSES_MS = [0, 500, 1000, 3000, 5000, 10_000, 20_000, 30_000];

/** Sends a file by the protocol of resumable uploads (TUS); also one that an earlier visit began. */
export async function sendInPieces(
  kind: FileKind,
  file: File,
  onBytes: (sent: number, total: number) => void,
  signal: AbortSignal,
): Promise<Dataset | Model> {
  const address = await new Promise<string>((resolve, reject) => {
    const upload = new TusUpload(file, {
      endpoint: `${apiBase}/api/v1/uploads`,
      chunkSize: PIECE_BYTES,
      retryDelays: PAUSES_MS,
      metadata: { kind, filename: file.name },
      removeFingerprintOnSuccess: true,
      onBeforeRequest: authorize,
      onShouldRetry: (error) => mayPass((error as DetailedError).originalResponse?.getStatus() ?? 0),
      onProgress: (sent, total) => onBytes(sent, total ?? file.size),
      onError: (error) => reject(failure(error)),
      onSuccess: () => resolve(upload.url ?? ""),
    });
    signal.addEventListener("abort", () => {
      // What was sent is given up as well; were the server away, it removes it by itself.
      upload.abort(true).catch(() => undefined);
      reject(new DOMException("cancelled", "AbortError"));
    });
    void upload.findPreviousUploads().then((earlier) => {
      if (signal.aborted) return;
      if (earlier[0]) upload.resumeFromPreviousUpload(earlier[0]);
      upload.start();
    }, reject);
  });
  const id = address.split("/").at(-1) ?? "";
  return callJson<Dataset | Model>(`/uploads/${id}/complete`, { method: "POST", body: {}, signal });
}

/** Each piece carries the token as it is then; one that has expired is asked for anew. */
async function authorize(request: HttpRequest) {
  const session = await currentSession();
  const soon = Date.now() / 1000 + 30;
  const token =
    session && (session.expires_at ?? Infinity) < soon ? await refreshToken() : session?.access_token;
  if (token) request.setHeader("authorization", `Bearer ${token}`);
}

/** No answer, somebody else's lock, a server that is busy: all but what the file or the person is to blame for. */
export function mayPass(status: number): boolean {
  return status === 0 || [401, 409, 423, 429].includes(status) || (status >= 500 && status !== 507);
}

function failure(error: Error): Error {
  const answer = (error as DetailedError).originalResponse;
  if (!answer) return networkError();
  let body: unknown = null;
  try {
    body = JSON.parse(answer.getBody());
  } catch {
    // The status alone has to say it.
  }
  return problemOf(body, answer.getStatus(), answer.getHeader("x-request-id") ?? null);
}
