import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import * as v from "valibot";
import { beforeEach, describe, expect, it, vi } from "vitest";

import { compareAudits, getAnalysis, listAnalyses } from "@/api/audits";
import { Comparison } from "@/api/comparison";
import { ApiError } from "@/api/problem";
import type { Analysis, CompareAnswer } from "@/api/types";
import { expectAccessible, renderWith } from "@/testing/render";
import { WithRouter } from "@/testing/router";
import { summary } from "@/testing/samples";

import { ComparePage } from "./ComparePage";
import { ComparisonView } from "./ComparisonView";
import fixture from "./fixture.json";
import type { FindingWords } from "./types";

vi.mock("@/api/audits");

/** axe looks at every mark of a whole page. */
const PATIENCE_MS = 60_000;

const words: FindingWords = {
  title: (finding) => `title of ${finding.check}`,
  sentence: (finding) => `sentence of ${finding.check}`,
  about: (scope) => (scope.kind === "feature" ? scope.feature : ""),
};

const old = { ...summary, id: "a0", name: "Scorecard", model: { id: "m0", filename: "scorecard.json" } };
const parsed = v.parse(Comparison, fixture);
const answer: CompareAnswer = { old, new: summary, comparison: parsed };
const analysis: Analysis = { ...summary, result: null, partial: null };

beforeEach(() => {
  vi.clearAllMocks();
  vi.mocked(getAnalysis).mockResolvedValue(analysis);
  vi.mocked(compareAudits).mockResolvedValue(answer);
  vi.mocked(listAnalyses).mockResolvedValue({
    items: [
      summary,
      old,
      { ...summary, id: "a3", name: "Elsewhere", dataset: { id: "d9", filename: "people.csv" } },
    ],
    next_cursor: null,
  });
});

describe("a comparison", () => {
  it("has the form that the engine writes", () => {
    const { issues } = v.safeParse(Comparison, fixture);
    expect(issues?.map((i) => `${v.getDotPath(i)}: ${i.message}`)).toBeUndefined();
  });

  it.each(["en", "es"] as const)(
    "is told in words and pictures, without a violation (%s)",
    async (language) => {
      const { container } = await renderWith(
        <WithRouter>
          <ComparisonView answer={answer} words={words} />
        </WithRouter>,
        language,
      );
      await screen.findByRole("link", { name: "Scorecard" });
      expect(screen.getAllByRole("figure")).toHaveLength(3);
      expect(container.textContent).not.toMatch(/NaN|undefined|\[object|\{\{/);
      await expectAccessible(container);
    },
    PATIENCE_MS,
  );

  it(
    "names what is better, counts the rows, and lists what became of the findings",
    async () => {
      await renderWith(
        <WithRouter>
          <ComparisonView answer={answer} words={words} />
        </WithRouter>,
      );
      const table = await screen.findByRole("table", { name: "Metrics of both models" });
      for (const metric of parsed.metrics) {
        const row = within(table)
          .getAllByRole("row")
          .filter((r) => r.textContent?.includes(metric.change === "better" ? "Better" : ""));
        expect(row.length).toBeGreaterThan(0);
      }
      const better = parsed.metrics.filter((m) => m.change === "better");
      expect(within(table).getAllByText("Better")).toHaveLength(better.length);
      const { hits } = parsed;
      expect(screen.getByText("With the new one only").nextSibling).toHaveTextContent(String(hits!.only_new));
      const closed = parsed.findings.filter((f) => f.kind === "closed");
      if (closed.length > 0) {
        const list = screen.getByRole("list", { name: "Closed" });
        expect(within(list).getAllByRole("listitem")).toHaveLength(closed.length);
        expect(list).toHaveTextContent(`title of ${closed[0]!.check}`);
      }
      expect(screen.getByText(`${parsed.same_findings} findings are the same in both.`)).toBeVisible();
    },
    PATIENCE_MS,
  );

  it("of a regression has no picture of metrics on different scales", async () => {
    const comparison = { ...parsed, task: "regression" as const, hits: null, importances: [] };
    await renderWith(
      <WithRouter>
        <ComparisonView answer={{ ...answer, comparison }} words={words} />
      </WithRouter>,
    );
    await screen.findByRole("link", { name: "Scorecard" });
    expect(screen.getAllByRole("figure")).toHaveLength(1);
    expect(screen.getByText("One of the two audits has no explanations.")).toBeVisible();
    expect(screen.getByText(/Predictions move by/)).toBeVisible();
  });
});

describe("the page", () => {
  const page = (oldId: string | undefined, onChoose = vi.fn()) => (
    <WithRouter>
      <ComparePage newId="a1" oldId={oldId} onChoose={onChoose} words={words} />
    </WithRouter>
  );

  it("offers the other finished analyses of the same table", async () => {
    const onChoose = vi.fn();
    const { container } = await renderWith(page(undefined, onChoose));
    await userEvent.click(await screen.findByRole("button", { name: /Old model/ }));
    const options = await screen.findAllByRole("option");
    expect(options).toHaveLength(1);
    await userEvent.click(options[0]!);
    expect(onChoose).toHaveBeenCalledWith({ old: "a0", new: "a1" });
    expect(listAnalyses).toHaveBeenCalledWith(
      { q: "people.csv", state: "done" },
      undefined,
      expect.anything(),
    );
    expect(compareAudits).not.toHaveBeenCalled();
    await expectAccessible(container);
  });

  it("says what to do when there is no other", async () => {
    vi.mocked(listAnalyses).mockResolvedValue({ items: [summary], next_cursor: null });
    await renderWith(page(undefined));
    expect(await screen.findByText("No other analysis of this table")).toBeVisible();
    expect(screen.getByRole("link", { name: "Start an audit" })).toHaveAttribute("href", "/audits/new/files");
  });

  it("swaps the two", async () => {
    const onChoose = vi.fn();
    await renderWith(page("a0", onChoose));
    await userEvent.click(await screen.findByRole("button", { name: "Swap old and new" }));
    expect(onChoose).toHaveBeenCalledWith({ old: "a1", new: "a0" });
    expect(compareAudits).toHaveBeenCalledWith({ old: "a0", new: "a1" }, expect.anything());
  });

  it("says in words why two cannot be compared", async () => {
    vi.mocked(compareAudits).mockRejectedValue(
      new ApiError({
        title: "x",
        status: 422,
        slug: "compare-target",
        args: { old: "income", new: "age" },
      }),
    );
    await renderWith(page("a0"), "es");
    expect(await screen.findByRole("alert")).toHaveTextContent("Un análisis predice income y el otro age");
  });
});
