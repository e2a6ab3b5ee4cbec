import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import * as v from "valibot";
import { beforeEach, describe, expect, it, vi } from "vitest";

import { Cohort, Counterfactuals, Effect, RowReport, WhatIf } from "@/api/asked";
import { askWhatIf, explainRow, findChanges, measureCohort } from "@/api/audits";
import { ApiError } from "@/api/problem";
import type { AuditResult } from "@/api/types";
import { expectAccessible, renderWith } from "@/testing/render";

import { noChoices, readChoices } from "./choices";
import { quoted } from "./CohortView";
import { EMPTY, readEdits, typed, written } from "./edits";
import { ExplorePanel } from "./ExplorePanel";
import fixture from "./fixture.json";
import type { Asked } from "./views";

vi.mock("@/api/audits");

const PATIENCE_MS = 60_000;

const row = v.parse(RowReport, fixture.row);
const whatIf = v.parse(WhatIf, fixture.what_if);
const texts = v.parse(WhatIf, fixture.texts);
const cohort = v.parse(Cohort, fixture.cohort);
const flips = v.parse(Counterfactuals, fixture.flips);
const none = v.parse(Counterfactuals, fixture.none);
const ofText = v.parse(Effect, fixture.text_effect);

const manifest = {
  rows: 400,
  task: "binary",
  classes: ["0", "1"],
  positive: "1",
  features: [
    { name: "age_in_years", kind: "number" },
    { name: "savings_account/bonds", kind: "text" },
  ],
  roles: { target: "credit_risk", protected: ["sex"], ignore: [] },
  model: { format: "pickle" },
} as unknown as AuditResult["manifest"];

/** The panel with the address that the route keeps. */
function Panel({ start, of = manifest }: { start: Partial<Asked>; of?: AuditResult["manifest"] }) {
  const [asked, setAsked] = useState<Asked>({ view: "row", row: 5, filter: "", ...start });
  return (
    <ExplorePanel
      id="a1"
      manifest={of}
      asked={asked}
      onAsk={(next) => setAsked((before) => ({ ...before, ...next }))}
    />
  );
}

beforeEach(() => {
  vi.clearAllMocks();
  vi.mocked(explainRow).mockResolvedValue(row);
  vi.mocked(askWhatIf).mockResolvedValue(whatIf);
  vi.mocked(measureCohort).mockResolvedValue(cohort);
  vi.mocked(findChanges).mockResolvedValue(flips);
});

describe("the answers of the engine", () => {
  it("have the form that the views expect", () => {
    const found = [
      v.safeParse(RowReport, fixture.row),
      v.safeParse(WhatIf, fixture.what_if),
      v.safeParse(Cohort, fixture.cohort),
      v.safeParse(Counterfactuals, fixture.flips),
      v.safeParse(Counterfactuals, fixture.none),
    ];
    expect(found.flatMap((f) => f.issues?.map((i) => `${v.getDotPath(i)}: ${i.message}`) ?? [])).toEqual([]);
  });
});

describe("a row", () => {
  it.each(["en", "es"] as const)(
    "is explained, with its values (%s)",
    async (language) => {
      const { container } = await renderWith(<Panel start={{}} />, language);
      expect((await screen.findAllByRole("figure")).length).toBeGreaterThan(0);
      expect(explainRow).toHaveBeenCalledWith("a1", 4, expect.anything());
      const most = row.explanation.contributions[0]!.feature;
      expect(explainRow).toHaveBeenCalledWith("a1", 4, expect.anything(), most);
      expect(screen.getByRole("rowheader", { name: "age_in_years" })).toBeVisible();
      expect(container.textContent).not.toMatch(/NaN|undefined|\[object|\{\{/);
      await expectAccessible(container);
    },
    PATIENCE_MS,
  );

  it("is chosen by its number or its neighbour", async () => {
    await renderWith(<Panel start={{}} />);
    await screen.findAllByRole("figure");
    await userEvent.click(screen.getByRole("button", { name: "Next row" }));
    expect(explainRow).toHaveBeenCalledWith("a1", 5, expect.anything());
    const field = screen.getByRole("textbox", { name: "Row" });
    expect(field).toHaveValue("6");
    await userEvent.clear(field);
    await userEvent.type(field, "401");
    expect(screen.getByText("A whole number from 1 to 400.")).toBeVisible();
    expect(screen.getByRole("button", { name: "Show" })).toBeDisabled();
    await userEvent.clear(field);
    await userEvent.type(field, "9{Enter}");
    expect(explainRow).toHaveBeenCalledWith("a1", 8, expect.anything());
  });

  it("cannot be asked about without a model, cohorts can", async () => {
    const stored = { ...manifest, model: { ...manifest.model, format: "predictions" } };
    await renderWith(<Panel start={{}} of={stored} />);
    expect(screen.getByText("There is no model to ask")).toBeVisible();
    await userEvent.click(screen.getByRole("tab", { name: "Cohort" }));
    expect(screen.getByRole("textbox", { name: "Rows that fulfil" })).toBeVisible();
    expect(explainRow).not.toHaveBeenCalled();
  });
});

describe("what if", () => {
  it(
    "asks with the changed values, typed, and shows the new answer beside the old one",
    async () => {
      const { container } = await renderWith(<Panel start={{ view: "what-if" }} />);
      const field = await screen.findByRole("textbox", { name: "duration_in_month" });
      await userEvent.clear(field);
      await userEvent.type(field, "48");
      await userEvent.click(screen.getByRole("button", { name: "Ask with 1 change" }));
      expect(askWhatIf).toHaveBeenCalledWith("a1", {
        row: row.row,
        changes: { duration_in_month: 48 },
        feature: row.explanation.contributions[0]!.feature,
      });
      const table = await screen.findByRole("table", { name: "Scores of both" });
      expect(within(table).getAllByRole("row")).toHaveLength(3);
      expect(screen.getAllByRole("figure")).toHaveLength(2);
      expect(screen.getByRole("status")).toHaveTextContent(/As it is.*Changed/);
      expect(container.textContent).not.toMatch(/NaN|undefined|\[object|\{\{/);
      await expectAccessible(container);
    },
    PATIENCE_MS,
  );

  it("draws a curve over texts as a list of values", async () => {
    vi.mocked(askWhatIf).mockResolvedValue(texts);
    await renderWith(<Panel start={{ view: "what-if" }} />, "es");
    await userEvent.click(await screen.findByRole("button", { name: "Preguntar al modelo" }));
    expect(await screen.findByText("No se cambió nada.")).toBeVisible();
    expect(screen.getAllByRole("figure")).toHaveLength(2);
  });

  it("refuses what a column cannot hold, before and after it is sent", async () => {
    await renderWith(<Panel start={{ view: "what-if" }} />);
    const field = await screen.findByRole("textbox", { name: "duration_in_month" });
    await userEvent.clear(field);
    await userEvent.type(field, "much");
    expect(screen.getByText("The column holds whole numbers.")).toBeVisible();
    expect(screen.getByRole("button", { name: "Ask the model" })).toBeDisabled();
    await userEvent.click(screen.getByRole("button", { name: "Undo all" }));
    vi.mocked(askWhatIf).mockRejectedValue(
      new ApiError({
        title: "x",
        status: 422,
        slug: "invalid-request",
        errors: [
          { pointer: "/changes/sex", code: "wrong-cell", detail: "d", args: { name: "sex", value: "3" } },
        ],
      }),
    );
    await userEvent.click(screen.getByRole("button", { name: "Ask the model" }));
    expect(await screen.findByRole("alert")).toHaveTextContent("The column sex cannot hold 3.");
  });

  it("reads fields by the kind of their column", () => {
    const cell = (kind: "bool" | "int" | "float" | "text", value: string | number | boolean | null) => ({
      column: "c",
      kind,
      value,
      input: true,
      low: null,
      high: null,
      choices: [],
      distinct: 500,
    });
    const float = cell("float", 1.5);
    expect([typed(float, "2,5"), typed(float, " -3 "), typed(float, "1e3"), typed(float, "")]).toEqual([
      2.5,
      -3,
      1000,
      null,
    ]);
    expect([typed(float, "1,2,3"), typed(float, "1.000,5"), typed(float, "x")]).toEqual([
      undefined,
      undefined,
      undefined,
    ]);
    expect([typed(cell("int", 1), "2.5"), typed(cell("int", 1), "7")]).toEqual([undefined, 7]);
    expect([typed(cell("bool", true), "false"), typed(cell("bool", true), EMPTY)]).toEqual([false, null]);
    expect([written(cell("text", null)), written(cell("bool", null)), written(float)]).toEqual([
      "",
      EMPTY,
      "1.5",
    ]);
    expect(readEdits([float], { c: "1.50" })).toEqual({ changes: {}, wrong: [] });
    expect(readEdits([float], { c: "two" })).toEqual({ changes: {}, wrong: ["c"] });
  });
});

describe("the effect of a column", () => {
  it("is drawn for numbers and for texts", async () => {
    await renderWith(<Panel start={{}} />);
    const curves = await screen.findByRole("figure", { name: /duration_in_month alone/ });
    const accumulated = screen.getByRole("figure", { name: /in duration_in_month moves/ });
    expect(curves).toHaveTextContent("mean (partial dependence)");
    expect(accumulated).toHaveTextContent("bootstrap band of 95 %");
    vi.mocked(explainRow).mockResolvedValue({ ...row, effect: ofText });
    await userEvent.click(screen.getByRole("button", { name: /Column/ }));
    await userEvent.click(await screen.findByRole("option", { name: "purpose" }));
    expect(explainRow).toHaveBeenLastCalledWith("a1", 4, expect.anything(), "purpose");
    expect(await screen.findByRole("figure", { name: /purpose alone/ })).toHaveTextContent("this row");
    expect(screen.getByText(/no accumulated local effects/)).toBeVisible();
  });
});

describe("what would change the decision", () => {
  it.each(["en", "es"] as const)(
    "is shown with what stayed and how sure it is (%s)",
    async (language) => {
      const { container } = await renderWith(<Panel start={{ view: "changes" }} />, language);
      const pictures = await screen.findAllByRole("figure");
      expect(pictures).toHaveLength(flips.found.length);
      for (const [i, one] of flips.found.entries()) {
        for (const change of one.changes) expect(pictures[i]).toHaveTextContent(change.column);
      }
      for (const { column } of flips.stayed) {
        expect(screen.getAllByText(new RegExp(column, "u")).length).toBeGreaterThan(0);
      }
      expect(container.textContent).not.toMatch(/NaN|undefined|\[object|\{\{|changes\.|stayed\./);
      await expectAccessible(container);
    },
    PATIENCE_MS,
  );

  it(
    "asks for what the form says",
    async () => {
      await renderWith(<Panel start={{ view: "changes" }} />);
      await screen.findAllByRole("figure");
      expect(findChanges).toHaveBeenLastCalledWith(
        "a1",
        4,
        expect.objectContaining({ count: 3, max_changes: 3, must_stay: [], also_change: [] }),
        expect.anything(),
      );
      const choose = async (label: RegExp, option: string) => {
        await userEvent.click(screen.getByRole("button", { name: label }));
        await userEvent.click(await screen.findByRole("option", { name: option }));
      };
      await choose(/Wanted answer/, "1");
      await choose(/Columns at once/, "1");
      await userEvent.type(screen.getByRole("textbox", { name: "Distance, at most" }), "0,4");
      await userEvent.click(screen.getByRole("button", { name: /Columns that may change/ }));
      await choose(/duration_in_month$/, "May only fall");
      await choose(/purpose$/, "Stays");
      expect(screen.getByRole("button", { name: /2 set by you/ })).toBeVisible();
      await userEvent.click(screen.getByRole("button", { name: "Search" }));
      expect(findChanges).toHaveBeenLastCalledWith(
        "a1",
        4,
        {
          wanted: { class: "1" },
          also_change: ["duration_in_month"],
          must_stay: ["purpose"],
          only_rise: [],
          only_fall: ["duration_in_month"],
          count: 3,
          max_changes: 1,
          max_distance: 0.4,
        },
        expect.anything(),
      );
    },
    PATIENCE_MS,
  );

  it("says that nothing was found, and what came nearest", async () => {
    vi.mocked(findChanges).mockResolvedValue(none);
    await renderWith(<Panel start={{ view: "changes" }} />);
    expect(await screen.findByText("Nothing was found")).toBeVisible();
    expect(screen.getByText(/no single change suffices/)).toBeVisible();
    expect(screen.getByText(/within a distance of 0.01/)).toBeVisible();
    if (none.closest) expect(screen.getByRole("heading", { name: "What came nearest" })).toBeVisible();
  });

  it("tells an error of the search, and a regression that it needs an end", async () => {
    vi.mocked(findChanges).mockRejectedValue(
      new ApiError({
        title: "x",
        status: 422,
        slug: "invalid-request",
        errors: [{ pointer: "/row", code: "no-such-row", detail: "d", args: { row: 9, rows: 4 } }],
      }),
    );
    await renderWith(<Panel start={{ view: "changes" }} />);
    expect(await screen.findByRole("alert")).toHaveTextContent("There is no row 9");
    const amounts = { ...manifest, task: "regression", classes: [] } as unknown as AuditResult["manifest"];
    vi.mocked(findChanges).mockClear();
    await renderWith(<Panel start={{ view: "changes" }} of={amounts} />);
    expect(await screen.findByText(/from where to where the predicted number/)).toBeVisible();
    const field = await screen.findByRole("textbox", { name: "At least" });
    expect(findChanges).not.toHaveBeenCalled();
    await userEvent.type(field, "12{Enter}");
    expect(findChanges).toHaveBeenLastCalledWith(
      "a1",
      4,
      expect.objectContaining({ wanted: { at_least: 12 } }),
      expect.anything(),
    );
  });

  it("reads the form, and says which fields are wrong", () => {
    const read = (some: Partial<typeof noChoices>, isRegression = false) =>
      readChoices({ ...noChoices, ...some }, isRegression);
    expect(read({ distance: "none" }).wrong).toEqual(["distance"]);
    expect(read({ distance: "0" }).wrong).toEqual(["distance"]);
    expect(read({}, true)).toEqual({ ask: null, wrong: [] });
    expect(read({ atLeast: "3", atMost: "2" }, true).wrong).toEqual(["atMost"]);
    expect(read({ atLeast: "x" }, true).wrong).toEqual(["atLeast"]);
    expect(read({ atMost: "2.5" }, true).ask?.wanted).toEqual({ at_most: 2.5 });
    expect(read({ columns: { b: "rise", a: "free", c: "stay", d: "default" } }).ask).toMatchObject({
      also_change: ["a", "b"],
      only_rise: ["b"],
      must_stay: ["c"],
    });
  });
});

describe("a cohort", () => {
  it.each(["en", "es"] as const)(
    "is measured beside all other rows (%s)",
    async (language) => {
      const { container } = await renderWith(
        <Panel start={{ view: "cohort", filter: "age_in_years < 30" }} />,
        language,
      );
      expect(await screen.findByRole("figure")).toBeVisible();
      expect(measureCohort).toHaveBeenCalledWith("a1", "age_in_years < 30", expect.anything());
      expect(screen.getByText(cohort.filter)).toBeVisible();
      expect(container.textContent).not.toMatch(/NaN|undefined|\[object|\{\{/);
      await expectAccessible(container);
    },
    PATIENCE_MS,
  );

  it("asks only for what was written to its end, and says where it is wrong", async () => {
    vi.mocked(measureCohort).mockRejectedValue(
      new ApiError({
        title: "x",
        status: 422,
        slug: "invalid-request",
        errors: [{ pointer: "/filter", code: "filter-no-value", detail: "d", args: { at: 7 } }],
      }),
    );
    await renderWith(<Panel start={{ view: "cohort" }} />);
    expect(screen.getByText(/sex, age_in_years, "savings_account\/bonds"/)).toBeVisible();
    const field = screen.getByRole("textbox", { name: "Rows that fulfil" });
    await userEvent.type(field, "age > ");
    expect(measureCohort).not.toHaveBeenCalled();
    await userEvent.type(field, "{Enter}");
    expect(await screen.findByRole("alert")).toHaveTextContent("Character 7: a value is expected");
  });

  it("of few rows is only counted", async () => {
    const inside = { n: 3, metrics: [], reason: "not-estimable" };
    vi.mocked(measureCohort).mockResolvedValue({ ...cohort, inside });
    await renderWith(<Panel start={{ view: "cohort", filter: "x = 1" }} />);
    expect(await screen.findByText("3 rows: not enough data to estimate it.")).toBeVisible();
  });

  it("names columns as the filter wants them", () => {
    expect(["age", "capital-gain", "marital status", 'a"b', "not", "ñandú"].map(quoted)).toEqual([
      "age",
      "capital-gain",
      '"marital status"',
      '"a""b"',
      '"not"',
      "ñandú",
    ]);
  });
});
