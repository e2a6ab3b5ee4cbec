import { readEventStream } from "./event-stream";
import { asApiError } from "./problem";
import { apiBase, currentSession, refreshToken } from "./session";
import type { Snapshot } from "./types";

export const finalStates: ReadonlySet<string> = new Set(["done", "failed", "cancelled"]);

export interface EventSink {
  onSnapshot: (snapshot: Snapshot) => void;
  /** How the page is kept up to date now. */
  onMode?: (mode: "live" | "polling") => void;
}

interface Transport {
  open: (lastId: string | null, signal: AbortSignal) => Promise<Response>;
  poll: (signal: AbortSignal) => Promise<Snapshot>;
  wait: (ms: number, signal: AbortSignal) => Promise<void>;
}

/**
 * Follows a job until it ends or `signal` aborts: the event stream while it holds (resumed with `Last-Event-ID`), and
 * polling with growing pauses of 2 to 10 s while it does not.
 */
export async function followJob(transport: Transport, sink: EventSink, signal: AbortSignal): Promise<void> {
  let lastId: string | null = null;
  let pause = 2000;
  while (!signal.aborted) {
    let got = 0;
    try {
      const answer = await transport.open(lastId, signal);
      if (!answer.ok || !answer.body) throw new TypeError(`events answered ${answer.status}`);
      sink.onMode?.("live");
      const ended = await readEvents(answer.body, (id, snapshot) => {
        if (id) lastId = id;
        got += 1;
        sink.onSnapshot(snapshot);
        return finalStates.has(snapshot.state);
      });
      if (ended) return;
    } catch {
      if (signal.aborted) return;
    }
    if (got > 0) pause = 2000;
    sink.onMode?.("polling");
    await transport.wait(pause, signal);
    if (signal.aborted) return;
    pause = Math.min(pause * 1.6, 10_000);
    try {
      const snapshot = await transport.poll(signal);
      sink.onSnapshot(snapshot);
      if (finalStates.has(snapshot.state)) return;
    } catch (error) {
      if (signal.aborted) return;
      const { status } = asApiError(error);
      if (status === 404 || status === 401) throw error;
    }
  }
}

/** Reads server-sent events of snapshots; true when the job ended. */
export function readEvents(
  body: ReadableStream<Uint8Array>,
  onSnapshot: (id: string | undefined, snapshot: Snapshot) => boolean,
): Promise<boolean> {
  return readEventStream(body, (event) => {
    if (event.event === "done") return true;
    if (!event.data.startsWith("{")) return false;
    const snapshot = JSON.parse(event.data) as Partial<Snapshot>;
    return Boolean(snapshot.state && snapshot.stages) && onSnapshot(event.id, snapshot as Snapshot);
  });
}

/** Waits, or returns at once when aborted. */
export function pauseFor(ms: number, signal: AbortSignal): Promise<void> {
  return new Promise((resolve) => {
    if (signal.aborted) return resolve();
    const timer = setTimeout(finish, ms);
    function finish() {
      clearTimeout(timer);
      signal.removeEventListener("abort", finish);
      resolve();
    }
    signal.addEventListener("abort", finish);
  });
}

/** Opens the event stream of a job; the token travels in the header. */
export async function openEvents(
  jobId: string,
  lastId: string | null,
  signal: AbortSignal,
): Promise<Response> {
  const open = (token: string | null | undefined) =>
    fetch(`${apiBase}/api/v1/audit/full/${jobId}/events`, {
      headers: {
        accept: "text/event-stream",
        ...(token ? { authorization: `Bearer ${token}` } : {}),
        ...(lastId ? { "last-event-id": lastId } : {}),
      },
      signal,
      cache: "no-store",
    });
  const answer = await open((await currentSession())?.access_token);
  return answer.status === 401 ? open(await refreshToken()) : answer;
}
