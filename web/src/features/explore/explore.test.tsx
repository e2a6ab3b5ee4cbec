import { screen, within } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { useState } from "react";
import * as v from "valibot";
import { beforeEach, describe, expect, it, vi } from "vitest";

import { Cohort, RowReport, WhatIf } from "@/api/asked";
import { askWhatIf, explainRow, measureCohort } from "@/api/audits";
import { ApiError } from "@/api/problem";
import type { AuditResult } from "@/api/types";
import { expectAccessible, renderWith } from "@/testing/render";

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
});

describe("the answers of the engine", () => {
  it("have the form that the views expect", () => {
    const found = [
      v.safeParse(RowReport, fixture.row),
      v.safeParse(WhatIf, fixture.what_if),
      v.safeParse(Cohort, fixture.cohort),
    ];
    expect(found.flatMap((f) => f.issues?.map((i) => `${v.getDotPath(i)}: ${i.message}`) ?? [])).toEqual([]);
  });
});

describe("a row", () => {
  it.each(["en", "es"] as const)(
    "is explained, with its values (%s)",
    async (language) => {
      const { container } = await renderWith(<Panel start={{}} />, language);
      expect(await screen.findByRole("figure")).toBeVisible();
      expect(explainRow).toHaveBeenCalledWith("a1", 4, expect.anything());
      expect(screen.getByRole("rowheader", { name: "age_in_years" })).toBeVisible();
      expect(container.textContent).not.toMatch(/NaN|undefined|\[object|\{\{/);
      await expectAccessible(container);
    },
    PATIENCE_MS,
  );

  it("is chosen by its number or its neighbour", async () => {
    await renderWith(<Panel start={{}} />);
    await screen.findByRole("figure");
    await userEvent.click(screen.getByRole("button", { name: "Next row" }));
    expect(explainRow).toHaveBeenLastCalledWith("a1", 5, expect.anything());
    const field = screen.getByRole("textbox", { name: "Row" });
    expect(field).toHaveValue("6");
    await userEvent.clear(field);
    await userEvent.type(field, "401");
    expect(screen.getByText("A whole number from 1 to 400.")).toBeVisible();
    expect(screen.getByRole("button", { name: "Show" })).toBeDisabled();
    await userEvent.clear(field);
    await userEvent.type(field, "9{Enter}");
    expect(explainRow).toHaveBeenLastCalledWith("a1", 8, expect.anything());
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
