import { beforeEach, describe, expect, it, vi } from "vitest";

import { ApiError } from "./problem";
import { askQuestion, type Exchange } from "./questions";

vi.mock("./session", () => ({
  apiBase: "",
  currentSession: async () => ({ access_token: "t" }),
  refreshToken: async () => null,
  forgetSession: async () => undefined,
}));

const exchange: Exchange = {
  id: "q1",
  question: "Is the model calibrated?",
  language: "en",
  asked_at: "2026-11-01T10:00:00Z",
  answered_by: "rules",
  model: null,
  status: "answered",
  sentences: [{ text: "It is.", evidence: ["/findings/0"] }],
  evidence: [],
  rejected: 0,
  suggestions: [],
};
const event = (name: string, data: unknown) => `event: ${name}\ndata: ${JSON.stringify(data)}\n\n`;

/** A stream of these texts; at its end it is closed, broken, or left open. */
function stream(end: "close" | "break" | "open", ...texts: string[]): Response {
  const body = new ReadableStream<Uint8Array>({
    async start(controller) {
      for (const text of texts) controller.enqueue(new TextEncoder().encode(text));
      await new Promise((resolve) => setTimeout(resolve, 5));
      if (end === "close") controller.close();
      if (end === "break") controller.error(new TypeError("network error"));
    },
  });
  return new Response(body, { headers: { "x-request-id": "r-9" } });
}

const fetched = vi.fn<(url: string, init: RequestInit) => Promise<Response>>();
const seen: string[] = [];
const sink = {
  onStep: (s: { tool: string; state: string }) => seen.push(`${s.tool} ${s.state}`),
  onSentence: (s: { text: string }) => seen.push(s.text),
};
const ask = (signal = new AbortController().signal) =>
  askQuestion("a1", { question: exchange.question, language: "en" }, sink, signal);

beforeEach(() => {
  seen.length = 0;
  fetched.mockReset();
  vi.stubGlobal("fetch", fetched);
});

const step = { tool: "result", args: {}, state: "running" };
const sentence = exchange.sentences[0];

describe("an answer", () => {
  it("is read as it is made, also when events arrive in pieces", async () => {
    const text = [
      ": keep-alive\n\n",
      event("step", step),
      event("step", { ...step, state: "done" }),
      event("sentence", sentence),
      event("answer", exchange),
      event("done", {}),
    ].join("");
    fetched.mockResolvedValue(stream("open", text.slice(0, 50), text.slice(50, 300), text.slice(300)));
    expect(await ask()).toEqual(exchange);
    expect(seen).toEqual(["result running", "result done", "It is."]);
    const [url, init] = fetched.mock.calls[0]!;
    expect(url).toBe("/api/v1/audit/analyses/a1/qa");
    expect(JSON.parse(init.body as string)).toEqual({ question: exchange.question, language: "en" });
    expect(init.headers).toMatchObject({ authorization: "Bearer t", accept: "text/event-stream" });
  });

  it.each(["close", "break"] as const)(
    "that breaks off (%s) is told apart, with its request",
    async (end) => {
      fetched.mockResolvedValue(stream(end, event("step", step), event("sentence", sentence)));
      const error = await ask().catch((e: unknown) => e);
      expect(error).toBeInstanceOf(ApiError);
      expect(error).toMatchObject({ slug: "answer-cut", requestId: "r-9" });
      expect(seen).toEqual(["result running", "It is."]);
    },
  );

  it("that is complete stays when the stream breaks after it", async () => {
    fetched.mockResolvedValue(stream("break", event("answer", exchange)));
    expect(await ask()).toEqual(exchange);
  });

  it("skips what it cannot read", async () => {
    const text = `event: step\ndata: {"tool":\n\n${event("sentence", { text: "x" })}${event("later", {})}`;
    fetched.mockResolvedValue(stream("close", text, event("answer", exchange)));
    expect(await ask()).toEqual(exchange);
    expect(seen).toEqual([]);
  });

  it("that is refused before it begins is a problem", async () => {
    const problem = { title: "Too many", slug: "rate-limited", status: 429 };
    fetched.mockResolvedValue(new Response(JSON.stringify(problem), { status: 429 }));
    await expect(ask()).rejects.toMatchObject({ slug: "rate-limited", status: 429 });
  });

  it("that is stopped ends with the abort, not with a problem", async () => {
    const abort = new AbortController();
    fetched.mockResolvedValue(stream("close", event("step", step)));
    const asked = ask(abort.signal);
    abort.abort();
    await expect(asked).rejects.toMatchObject({ name: "AbortError" });
  });
});
