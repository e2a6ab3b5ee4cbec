import { screen, within } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";

import { getNarrative, type Narrative, writeNarrative } from "@/api/narrative";
import { ApiError } from "@/api/problem";
import type { AuditResult } from "@/api/types";
import { chooseLanguage } from "@/i18n/i18n";
import { expectAccessible, renderWith } from "@/testing/render";

import { NarrativePart } from "./narrative";
import type { StageLink } from "./types";

vi.mock("@/api/narrative");

const result = {
  verdict: "issue",
  stages: [
    { id: "data", status: { state: "done" }, report: {} },
    {
      id: "performance",
      status: { state: "done" },
      report: {
        metrics: [
          { id: "roc_auc", estimate: { value: 0.9273, low: 0.92, high: 0.934, n: 100, method: "delong" } },
        ],
      },
    },
  ],
  findings: [
    {
      check: "FAIR-SELECTION-RATIO",
      stage: "fairness",
      scope: { kind: "group", attribute: "sex", group: "Female", reference: "Male" },
    },
  ],
} as unknown as AuditResult;

const html = `<img src=x onerror="alert(1)"> **bold** [link](javascript:alert(1)) {{n}} $t(retry)`;

const written: Narrative = {
  language: "en",
  state: "written",
  provider: "openai",
  model: "gpt-test",
  reviews: [
    {
      area: "metrics",
      sentences: [
        { text: "Its ROC AUC is 0.927.", evidence: ["/stages/1/report/metrics/0/estimate", "/verdict"] },
      ],
      rejected: 2,
      problem: null,
    },
    {
      area: "synthesis",
      sentences: [
        { text: "Women are selected less often.", evidence: ["/findings/0", "/verdict"] },
        { text: html, evidence: ["/nothing/here", "/findings/99"] },
      ],
      rejected: 0,
      problem: null,
    },
    { area: "fairness", sentences: [], rejected: 0, problem: "timeout" },
  ],
  kept: 14,
  rejected: 3,
  retried: 1,
  seconds: 12.4,
  prompt_tokens: 3204,
  completion_tokens: 811,
  cost: 0.0042,
  problem: null,
  written_at: "2026-11-01T10:00:00Z",
};
const empty = { ...written, reviews: [], kept: 0, rejected: 0, retried: 0 };

const Link: StageLink = ({ stage, at, label, title, children, className }) => (
  <a href={`?tab=${stage}#${at}`} aria-label={label} title={title} className={className}>
    {children}
  </a>
);

const part = <NarrativePart id="a1" result={result} StageLink={Link} />;

beforeEach(() => {
  vi.clearAllMocks();
  vi.mocked(getNarrative).mockResolvedValue(written);
});

describe("the diagnosis in words", () => {
  it("cites by numbers that lead to the results, the synthesis first", async () => {
    const { container } = await renderWith(part);
    await screen.findByText(/Women are selected less often/);
    const headings = screen.getAllByRole("heading", { level: 3 }).map((h) => h.textContent);
    expect(headings).toEqual(["All in all", "Quality of the predictions", "Fairness"]);
    const finding = screen.getByRole("link", { name: /^Source 1: Fairness: .*sex = Female/ });
    expect(finding).toHaveTextContent("1");
    expect(finding).toHaveAttribute("href", "?tab=fairness#finding-0");
    expect(finding).toHaveAttribute("title", finding.getAttribute("aria-label"));
    const metric = screen.getByRole("link", { name: /^Source 5: Performance: ROC AUC = 0\.927/ });
    expect(metric).toHaveAttribute("href", "?tab=performance#stage-performance");
    expect(screen.getAllByRole("link", { name: "Source 2: Verdict" })).toHaveLength(2);
    expect(container.textContent).not.toMatch(/NaN|undefined|\[object/);
    await expectAccessible(container);
  });

  it("says how much was kept and rejected, by whom, and what it took", async () => {
    await renderWith(part);
    expect(
      await screen.findByText(
        "14 sentences, all checked against the results; 3 rejected; 1 was asked for again",
      ),
    ).toBeVisible();
    expect(
      screen.getByText(/gpt-test \(openai\) · 12 sec · 3,204 tokens read, 811 written · \$0\.0042/),
    ).toBeVisible();
    expect(screen.getByText("2 sentences of this part were rejected.")).toBeVisible();
    expect(screen.getByText("The language model took too long.")).toBeVisible();
  });

  it("shows what a model wrote as text, and a pointer to nothing without a link", async () => {
    const { container } = await renderWith(part);
    expect(await screen.findByText(html, { exact: false })).toBeVisible();
    expect(container.querySelector("img, strong, b, script")).toBeNull();
    expect([...container.querySelectorAll("a")].some((a) => a.href.startsWith("javascript:"))).toBe(false);
    expect(screen.queryByRole("link", { name: /Source [34]:/ })).toBeNull();
    expect(screen.getByText("Source 3: A place that this page does not show: /nothing/here")).toBeVisible();
  });

  it("lists all that it cites", async () => {
    await renderWith(part);
    await userEvent.click(await screen.findByText("What it cites (5)"));
    expect(screen.getByRole("link", { name: "Verdict" })).toHaveAttribute("href", "?tab=summary#verdict");
    expect(screen.getByText("/stages/1/report/metrics/0/estimate")).toBeVisible();
  });

  it.each([
    ["en", /complete without a language model/],
    ["es", /completos sin un modelo de lenguaje/],
  ] as const)("says what a language model would add where there is none (%s)", async (language, words) => {
    vi.mocked(getNarrative).mockResolvedValue({ ...empty, state: "off", model: null });
    const { container } = await renderWith(part, language);
    expect(await screen.findByText(words)).toBeVisible();
    expect(screen.getByRole("link", { name: /OPENAI_API_KEY.*ANTHROPIC_MODEL/ })).toHaveAttribute(
      "href",
      expect.stringContaining("docs/configuration.md"),
    );
    expect(screen.queryByRole("button")).toBeNull();
    await expectAccessible(container);
  });

  it("is written on request, and then shown", async () => {
    vi.mocked(getNarrative).mockResolvedValue({ ...empty, state: "missing" });
    let finish: (n: Narrative) => void = () => undefined;
    vi.mocked(writeNarrative).mockReturnValue(new Promise((resolve) => (finish = resolve)));
    const { container } = await renderWith(part);
    await userEvent.click(await screen.findByRole("button", { name: "Write it" }));
    expect(writeNarrative).toHaveBeenCalledWith("a1", "en", expect.any(AbortSignal));
    const bar = await screen.findByRole("progressbar", { name: /The language model writes/ });
    expect(bar).not.toHaveAttribute("aria-valuenow");
    await expectAccessible(container);
    finish(written);
    expect(await screen.findByText(/Women are selected less often/)).toBeVisible();
    expect(document.querySelector("[role=log]")).toHaveTextContent("has been written");
  });

  it("stops when it is told to, or when the page is left", async () => {
    vi.mocked(getNarrative).mockResolvedValue({ ...empty, state: "missing" });
    vi.mocked(writeNarrative).mockReturnValue(new Promise(() => undefined));
    const { unmount } = await renderWith(part);
    const signals = () => vi.mocked(writeNarrative).mock.calls.map((call) => call[2]?.aborted);
    await userEvent.click(await screen.findByRole("button", { name: "Write it" }));
    await userEvent.click(await screen.findByRole("button", { name: "Stop" }));
    expect(signals()).toEqual([true]);
    await userEvent.click(await screen.findByRole("button", { name: "Write it" }));
    await screen.findByRole("button", { name: "Stop" });
    unmount();
    expect(signals()).toEqual([true, true]);
  });

  it("says why there is none, and tries again", async () => {
    vi.mocked(getNarrative).mockResolvedValue({ ...empty, state: "failed", problem: "nothing-kept" });
    const refused = new ApiError({ title: "x", slug: "rate-limited", status: 429, request_id: "r-2" });
    vi.mocked(writeNarrative).mockRejectedValueOnce(refused).mockResolvedValue(written);
    const { container } = await renderWith(part);
    expect(await screen.findByText(/No sentence stood the check/)).toBeVisible();
    await expectAccessible(container);
    await userEvent.click(screen.getByRole("button", { name: "Try again" }));
    const alert = await screen.findByRole("alert");
    expect(alert).toHaveTextContent(/Too many requests.*Request r-2/);
    await userEvent.click(within(alert).getByRole("button", { name: "Try again" }));
    expect(await screen.findByText(/Women are selected less often/)).toBeVisible();
  });

  it("is asked for in the language of the page", async () => {
    await renderWith(part);
    await screen.findByText(/Women are selected less often/);
    vi.mocked(getNarrative).mockResolvedValue({ ...empty, language: "es", state: "missing" });
    await chooseLanguage("es");
    expect(await screen.findByRole("button", { name: "Escribirlo" })).toBeVisible();
    expect(getNarrative).toHaveBeenLastCalledWith("a1", "es", expect.anything());
  });
});
