import { screen, waitFor, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";

import { ApiError } from "@/api/problem";
import { type AnswerSink, askQuestion, type Exchange, forgetQuestions, listQuestions } from "@/api/questions";
import type { AuditResult } from "@/api/types";
import { CitedAnswer } from "@/features/results/cited-text";
import { expectAccessible, renderWith } from "@/testing/render";

import { idle, nextAsking } from "./asking";
import en from "./en.json";
import es from "./es.json";
import { factsOf } from "./facts";
import { questionIds } from "./questionIds";
import { QuestionsPanel } from "./QuestionsPanel";

vi.mock("@/api/questions", async (original) => ({
  ...(await original<typeof import("@/api/questions")>()),
  askQuestion: vi.fn(),
  listQuestions: vi.fn(),
  forgetQuestions: vi.fn(),
}));

const result = {
  stages: [{ id: "calibration", status: { state: "done" }, report: {} }],
  findings: [{ check: "CAL-ECE", stage: "calibration", scope: { kind: "global" } }],
} as unknown as AuditResult;

const html = `<b onclick="alert(1)">bold</b> <script>alert(1)</script> **x**`;

const exchange: Exchange = {
  id: "q1",
  question: "Is the model calibrated for young people?",
  language: "en",
  asked_at: "2026-11-01T10:00:00Z",
  answered_by: "model",
  model: "gpt-test",
  status: "answered",
  sentences: [
    { text: "It is, on the whole.", evidence: ["/findings/0"] },
    { text: html, evidence: ["/evidence/0/result/inside/metrics"] },
  ],
  evidence: [
    {
      tool: "cohort",
      args: { filter: "age < 30" },
      result: { rows: 81, auc: { value: 0.81, low: 0.79, high: 0.83, n: 81, method: "delong" } },
      problem: null,
      digest: "ab".repeat(32),
    },
    { tool: "what-if", args: { row: 3 }, result: null, problem: "file-deleted", digest: "cd".repeat(32) },
  ],
  rejected: 1,
  suggestions: [],
};
const unclear: Exchange = {
  ...exchange,
  id: "q0",
  question: "Tell me a joke",
  answered_by: "rules",
  model: null,
  status: "declined",
  sentences: [],
  evidence: [],
  rejected: 0,
  suggestions: ["fix-first", "not-known-here"],
};

const panel = (
  <QuestionsPanel
    id="a1"
    cite={(sentences, evidence) => (
      <CitedAnswer
        {...{ sentences, evidence, result }}
        StageLink={({ stage, at, label, children }) => (
          <a href={`?tab=${stage}#${at}`} aria-label={label}>
            {children}
          </a>
        )}
      />
    )}
  />
);

interface Call {
  sink: AnswerSink;
  signal: AbortSignal;
  answer: (exchange: Exchange) => void;
  fail: (error: unknown) => void;
}
const calls: Call[] = [];

beforeEach(() => {
  vi.clearAllMocks();
  calls.length = 0;
  vi.mocked(listQuestions).mockResolvedValue({ answers_by: "rules", items: [unclear, exchange] });
  vi.mocked(askQuestion).mockImplementation(
    (_id, _question, sink, signal) =>
      new Promise((answer, fail) => {
        calls.push({ sink, signal, answer, fail });
        signal.addEventListener("abort", () => fail(signal.reason));
      }),
  );
});

const input = () => screen.getByRole("textbox", { name: "Your question" });

describe("the history", () => {
  it.each(["en", "es"] as const)(
    "shows questions with their answers and who gave them (%s)",
    async (language) => {
      const { container } = await renderWith(panel, language);
      const answers = await screen.findAllByRole("article", { name: /calibrated|joke/ });
      expect(answers.map((a) => a.getAttribute("aria-label"))).toEqual([exchange.question, unclear.question]);
      if (language === "en") {
        expect(answers[0]).toHaveTextContent("Answered by gpt-test");
        expect(answers[0]).toHaveTextContent("1 sentence rejected");
        expect(answers[1]).toHaveTextContent("Answered by rules from the results");
        expect(answers[1]).toHaveTextContent("Declined");
      } else {
        expect(answers[1]).toHaveTextContent("Respondida por reglas a partir de los resultados");
      }
      expect(container.textContent).not.toMatch(/NaN|undefined|\[object|\{\{/);
      await expectAccessible(container);
    },
  );

  it("shows what a model wrote as text", async () => {
    const { container } = await renderWith(panel);
    expect(await screen.findByText(html, { exact: false })).toBeVisible();
    expect(container.querySelector("b, strong, script")).toBeNull();
  });

  it("suggests what can be asked instead, of what it knows", async () => {
    await renderWith(panel);
    const list = await screen.findByRole("list", { name: "What can be asked:" });
    expect(within(list).getAllByRole("button")).toHaveLength(1);
    await userEvent.click(within(list).getByRole("button", { name: en.ask["fix-first"] }));
    expect(vi.mocked(askQuestion).mock.calls[0]?.[1]).toEqual({
      question: en.ask["fix-first"],
      language: "en",
    });
  });

  it("shows how an answer was found, from its citation too, and copies it", async () => {
    const user = userEvent.setup();
    const { container } = await renderWith(panel);
    await user.click(
      await screen.findByRole("button", { name: "Source 2: Call 1 under “How this was found”" }),
    );
    expect(document.activeElement).toHaveTextContent("1. Measure a cohort");
    expect(container.querySelector("details[open]")).toHaveTextContent("How this was found (2)");
    const table = screen.getByRole("table", { name: "Result of 1. Measure a cohort" });
    expect(within(table).getByRole("row", { name: /rows 81/ })).toBeVisible();
    expect(within(table).getByRole("row", { name: /auc 0\.81\d* \(0\.79\d* to 0\.83\d*\)/ })).toBeVisible();
    expect(screen.getByText(/^It failed: /)).toBeVisible();
    await expectAccessible(container);
    await user.click(screen.getByRole("button", { name: "Copy the evidence as JSON" }));
    expect(await screen.findByText("Copied.", { selector: "span" })).toBeVisible();
    expect(JSON.parse(await navigator.clipboard.readText())).toEqual(exchange.evidence);
  });

  it("is forgotten after a question", async () => {
    vi.mocked(forgetQuestions).mockResolvedValue(new Response());
    await renderWith(panel);
    await userEvent.click(await screen.findByRole("button", { name: "Forget the history" }));
    const dialog = await screen.findByRole("alertdialog", { name: "Forget the history" });
    expect(forgetQuestions).not.toHaveBeenCalled();
    await userEvent.click(within(dialog).getByRole("button", { name: "Forget the history" }));
    expect(await screen.findByText(/Nothing has been asked yet/)).toBeVisible();
    expect(forgetQuestions).toHaveBeenCalledWith("a1");
  });
});

describe("asking", () => {
  it("sends with Enter, breaks lines with Shift and Enter, and keeps to the limit", async () => {
    await renderWith(panel);
    await userEvent.type(input(), "one{Shift>}{Enter}{/Shift}two");
    expect(input()).toHaveValue("one\ntwo");
    expect(askQuestion).not.toHaveBeenCalled();
    await userEvent.type(input(), "{Enter}");
    expect(vi.mocked(askQuestion).mock.calls[0]?.[1].question).toBe("one\ntwo");
    expect(input()).toHaveValue("");
    calls[0]!.answer({ ...exchange, id: "q2", question: "one\ntwo" });
    await waitFor(() => expect(screen.queryByRole("button", { name: "Stop" })).toBeNull());
    await userEvent.click(input());
    await userEvent.paste("x".repeat(501));
    await userEvent.type(input(), "{Enter}");
    expect(screen.getByText("At most 500 characters.")).toBeVisible();
    expect(askQuestion).toHaveBeenCalledTimes(1);
  });

  it("shows the answer as it is made, and keeps it", async () => {
    const { container } = await renderWith(panel);
    await screen.findAllByRole("article");
    await userEvent.click(screen.getByRole("button", { name: en.ask["worst-slice"] }));
    const { sink, answer } = calls[0]!;
    const status = screen.getByRole("status");
    expect(status).toHaveTextContent("Looking for the answer…");
    sink.onStep({ tool: "slice", args: { slice: 0 }, state: "running" });
    await waitFor(() => expect(status).toHaveTextContent("Measure a slice…"));
    sink.onStep({ tool: "slice", args: { slice: 0 }, state: "done" });
    sink.onSentence({ text: "The worst is age < 30.", evidence: ["/findings/0"] });
    const pending = screen.getByRole("article", { name: en.ask["worst-slice"] });
    expect(await within(pending).findByText("The worst is age < 30.", { exact: false })).toBeVisible();
    expect(within(pending).getByRole("list", { name: "What is looked up" })).toHaveTextContent(/done$/);
    expect(document.querySelector("body > [role=log]")).toHaveTextContent("The worst is age < 30.");
    await expectAccessible(container);
    answer({ ...exchange, id: "q3", question: en.ask["worst-slice"] });
    await waitFor(() => expect(status).toHaveTextContent(/^$/));
    expect(screen.getAllByRole("article", { name: en.ask["worst-slice"] })).toHaveLength(1);
    expect(screen.getByRole("article", { name: exchange.question })).toBeVisible();
  });

  it("keeps what came of an answer that broke off, says so, and asks again", async () => {
    await renderWith(panel);
    await screen.findAllByRole("article");
    await userEvent.type(input(), "Why?{Enter}");
    calls[0]!.sink.onSentence({ text: "Because", evidence: [] });
    calls[0]!.fail(new ApiError({ title: "cut", status: 0, slug: "answer-cut", request_id: "r-9" }));
    const alert = await screen.findByRole("alert");
    expect(alert).toHaveTextContent(/The answer broke off.*Request r-9/);
    expect(screen.getByText("Because", { selector: "span" })).toBeVisible();
    expect(listQuestions).toHaveBeenCalledTimes(2);
    await userEvent.click(within(alert).getByRole("button", { name: "Try again" }));
    expect(vi.mocked(askQuestion).mock.calls[1]?.[1].question).toBe("Why?");
    expect(screen.queryByRole("alert")).toBeNull();
    expect(input()).toHaveFocus();
  });

  it("stops when it is told to, or when the page is left", async () => {
    const { unmount } = await renderWith(panel);
    await userEvent.type(input(), "Why?{Enter}");
    await userEvent.click(screen.getByRole("button", { name: "Stop" }));
    expect(calls[0]!.signal.aborted).toBe(true);
    expect(await screen.findByText(en.stopped, { selector: "article *" })).toBeVisible();
    expect(input()).toHaveFocus();
    expect(screen.queryByRole("alert")).toBeNull();
    await userEvent.click(screen.getByRole("button", { name: "Ask again" }));
    unmount();
    expect(calls[1]!.signal.aborted).toBe(true);
  });

  it("shows the first of the common questions, and the others on request", async () => {
    await renderWith(panel);
    const list = screen.getByRole("list", { name: "Common questions" });
    expect(within(list).getAllByRole("button")).toHaveLength(5);
    await userEvent.click(screen.getByRole("button", { name: "More questions" }));
    expect(within(list).getAllByRole("button")).toHaveLength(questionIds.length);
  });
});

describe("the parts", () => {
  it("have words for every question in both languages", () => {
    expect(Object.keys(en.ask)).toEqual([...questionIds]);
    expect(Object.keys(es.ask)).toEqual([...questionIds]);
  });

  it("put the end of a call in the place of its beginning", () => {
    const call = (row: number, state: "running" | "done" | "failed") =>
      ({ type: "step", step: { tool: "explain-row", args: { row }, state } }) as const;
    const asked = nextAsking(idle, { type: "ask", question: "q" });
    const after = [call(1, "running"), call(2, "running"), call(1, "failed")].reduce(nextAsking, asked);
    expect(after).toMatchObject({
      steps: [
        { args: { row: 1 }, state: "failed" },
        { args: { row: 2 }, state: "running" },
      ],
    });
    expect(nextAsking(idle, call(1, "done"))).toBe(idle);
  });

  it("leave large documents to JSON", () => {
    expect(factsOf({ a: 1, b: { c: null } })).toEqual([
      { path: "a", value: 1 },
      { path: "b.c", value: null },
    ]);
    expect(factsOf({ rows: Array.from({ length: 30 }, (_, i) => i) })).toBeNull();
  });
});
