import { describe, expect, it, vi } from "vitest";

import { followJob, readEvents } from "./events";
import type { Snapshot } from "./types";

const snapshot = (state: string, progress = 0) =>
  ({ job_id: "j", state, progress, stages: [], findings: {} }) as unknown as Snapshot;
const event = (id: number, s: Snapshot) => `event: status\nid: ${id}\ndata: ${JSON.stringify(s)}\n\n`;

function stream(...chunks: string[]): ReadableStream<Uint8Array> {
  return new ReadableStream({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(new TextEncoder().encode(chunk));
      controller.close();
    },
  });
}

const answer = (...chunks: string[]) => new Response(stream(...chunks));

describe("reading events", () => {
  it("takes snapshots, skips keep-alives, and puts cut lines together", async () => {
    const text = `: keep-alive\n\n${event(4, snapshot("running", 0.5))}`;
    const got: [string | undefined, number][] = [];
    const ended = await readEvents(stream(text.slice(0, 40), text.slice(40)), (id, s) => {
      got.push([id, s.progress]);
      return false;
    });
    expect(got).toEqual([["4", 0.5]]);
    expect(ended).toBe(false);
  });

  it("ends with the done event", async () => {
    expect(await readEvents(stream("event: done\ndata: {}\n\n"), () => false)).toBe(true);
  });
});

describe("following a job", () => {
  it("resumes with the last id after the stream was cut, and stops at the end", async () => {
    const opened: (string | null)[] = [];
    const answers = [
      answer(event(7, snapshot("running", 0.2))),
      answer(event(8, snapshot("done", 1)), "event: done\ndata: {}\n\n"),
    ];
    const seen: number[] = [];
    await followJob(
      {
        open: async (lastId) => {
          opened.push(lastId);
          return answers.shift()!;
        },
        poll: async () => snapshot("running", 0.3),
        wait: async () => undefined,
      },
      { onSnapshot: (s) => seen.push(s.progress) },
      new AbortController().signal,
    );
    expect(opened).toEqual([null, "7"]);
    expect(seen).toEqual([0.2, 0.3, 1]);
  });

  it("polls with growing pauses of at most 10 s while there is no stream", async () => {
    const pauses: number[] = [];
    const polls = Array.from({ length: 8 }, (_, i) => snapshot(i === 7 ? "cancelled" : "running"));
    const modes: string[] = [];
    await followJob(
      {
        open: async () => new Response("no", { status: 502 }),
        poll: async () => polls.shift()!,
        wait: async (ms) => void pauses.push(Math.round(ms)),
      },
      { onSnapshot: () => undefined, onMode: (m) => modes.push(m) },
      new AbortController().signal,
    );
    expect(pauses[0]).toBe(2000);
    expect(pauses.at(-1)).toBe(10_000);
    expect(pauses).toEqual(pauses.toSorted((a, b) => a - b));
    expect(new Set(modes)).toEqual(new Set(["polling"]));
  });

  it("stops when the page is left", async () => {
    const abort = new AbortController();
    const poll = vi.fn(async () => snapshot("running"));
    await followJob(
      {
        open: async () => {
          throw new TypeError("cut");
        },
        poll,
        wait: async () => abort.abort(),
      },
      { onSnapshot: () => undefined },
      abort.signal,
    );
    expect(poll).not.toHaveBeenCalled();
  });
});
