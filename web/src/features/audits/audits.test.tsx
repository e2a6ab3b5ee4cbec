import { screen, waitFor } from "@testing-library/react";
import userEvent from "@testing-library/user-event";
import { beforeEach, describe, expect, it, vi } from "vitest";

import type { CheckAnswer } from "@/api/types";
import { expectAccessible, renderWith } from "@/testing/render";
import { WithRouter } from "@/testing/router";
import { check, dataset, model, snapshot, summary } from "@/testing/samples";

import { AnalysesTable } from "./AnalysesTable";
import { ChecksStep } from "./ChecksStep";
import { ColumnsStep } from "./ColumnsStep";
import { emptyDraft } from "./draft";
import { clearDraft, updateDraft } from "./draftStore";
import { endedCount, LivePanel, timeLeft, Unfinished } from "./LivePanel";
import { ResultTabs, worstOutcome } from "./ResultTabs";
import { endedStages } from "./useJob";

const answered = (data: CheckAnswer) =>
  ({ data, error: null, isFetching: false, refetch: vi.fn() }) as unknown as Parameters<
    typeof ChecksStep
  >[0]["query"];

beforeEach(() => {
  clearDraft();
  updateDraft({ type: "dataset", id: "d1" });
  updateDraft({ type: "model", id: "m1" });
});

describe("the list of analyses", () => {
  it("names each by a link, tells the verdict in words, and asks by name before it deletes", async () => {
    const { container } = await renderWith(
      <WithRouter>
        <AnalysesTable
          items={[summary, { ...summary, id: "a2", name: "Other", state: "running", verdict: null }]}
        />
      </WithRouter>,
    );
    expect(await screen.findByRole("link", { name: "Income" })).toHaveAttribute("href", "/audits/a1");
    expect(screen.getByText("Issues found")).toBeVisible();
    expect(screen.getByText("Running")).toBeVisible();
    await expectAccessible(container);
    await userEvent.click(screen.getByRole("button", { name: "Delete Income" }));
    const dialog = await screen.findByRole("alertdialog", { name: "Delete analysis" });
    expect(dialog).toHaveTextContent("The analysis Income and its reports are deleted for good.");
    expect(screen.getByRole("button", { name: "Delete Income" })).toBeVisible();
  });
});

describe("columns and roles", () => {
  it("begin with the suggestion, keep inputs as inputs, and can be changed", async () => {
    const { container } = await renderWith(<ColumnsStep dataset={dataset} model={model} />);
    expect(await screen.findByRole("button", { name: /Role of w/ })).toHaveTextContent("Weight");
    expect(screen.queryByRole("button", { name: /Role of age/ })).toBeNull();
    expect(screen.getByRole("checkbox", { name: "Compare groups of sex" })).toBeChecked();
    expect(screen.getByRole("checkbox", { name: "Compare groups of y" })).toBeDisabled();
    expect(screen.getByRole("button", { name: /Positive class/ })).toHaveTextContent("1");
    await expectAccessible(container);
    await userEvent.click(screen.getByRole("checkbox", { name: "Compare groups of age" }));
    await waitFor(() => expect(screen.getByText("sex, age")).toBeVisible());
  });

  it("name the columns that the model needs and the table lacks", async () => {
    const lacking = { ...model, features: [...model.features, { name: "zip", kind: "text" }] };
    await renderWith(<ColumnsStep dataset={dataset} model={lacking} />, "es");
    const alert = await screen.findByRole("alert");
    expect(alert).toHaveTextContent("A la tabla le falta una columna que el modelo necesita");
    expect(alert).toHaveTextContent("zip");
  });

  it("say that the true answer is missing when every column is an input", async () => {
    const all = dataset.preview.columns.map((c) => ({ name: c.name, kind: "any" }));
    await renderWith(<ColumnsStep dataset={dataset} model={{ ...model, features: all }} />);
    const alert = await screen.findByRole("alert");
    expect(alert).toHaveTextContent("No column of the table can be the target");
    expect(alert).toHaveTextContent("Every column of people.csv is an input of model.joblib");
    expect(screen.getByRole("button", { name: /Target/ })).toHaveTextContent("Choose a column");
  });

  it("find a column by its name", async () => {
    await renderWith(<ColumnsStep dataset={dataset} model={model} />);
    await userEvent.type(await screen.findByRole("searchbox", { name: "Search columns" }), "SEX");
    await waitFor(() => expect(screen.queryByRole("rowheader", { name: "age" })).toBeNull());
    expect(screen.getByRole("rowheader", { name: "sex" })).toBeVisible();
  });
});

describe("checks", () => {
  it("show cost and why one does not apply", async () => {
    const { container } = await renderWith(
      <ChecksStep draft={emptyDraft} query={answered(check)} defaultName="model · people" />,
    );
    expect(screen.getByRole("checkbox", { name: "Explanation" })).toBeChecked();
    expect(screen.getByRole("checkbox", { name: "Fairness" })).toBeDisabled();
    expect(screen.getByText(/no protected attribute was chosen/)).toBeVisible();
    expect(screen.getByText("2 of 3")).toBeVisible();
    expect(screen.getByText("5,000 predictions")).toBeVisible();
    await expectAccessible(container);
  });

  it("list what stands in the way in words", async () => {
    const problems = [
      {
        code: "one-class-target",
        pointer: "/roles/target",
        detail: "failed to audit",
        args: { name: "paid", value: "0" },
      },
    ];
    await renderWith(
      <ChecksStep draft={emptyDraft} query={answered({ ...check, ok: false, problems })} defaultName="" />,
    );
    expect(screen.getByRole("alert")).toHaveTextContent("The target paid holds the single value 0");
  });
});

describe("a running audit", () => {
  it("shows stages with their state in words and opens finished ones", async () => {
    const onOpenStage = vi.fn();
    const { container } = await renderWith(
      <LivePanel name="Income" snapshot={snapshot} mode="live" onOpenStage={onOpenStage} />,
    );
    expect(screen.getByRole("progressbar", { name: "1 of 3 stages" })).toHaveAttribute("aria-valuenow", "40");
    expect(screen.getByRole("progressbar", { name: "Performance" })).toBeVisible();
    await expectAccessible(container);
    await userEvent.click(screen.getByRole("button", { name: "Open Data" }));
    expect(onOpenStage).toHaveBeenCalledWith("data");
    await userEvent.click(screen.getByRole("button", { name: "Cancel the audit" }));
    expect(await screen.findByRole("alertdialog")).toHaveTextContent("The audit Income stops");
  });

  it("says what became of it when it did not finish", async () => {
    const error = { slug: "attempts-exhausted", title: "x", status: 500, request_id: "r-7" };
    await renderWith(
      <WithRouter>
        <Unfinished snapshot={{ ...snapshot, state: "failed", error }} />
      </WithRouter>,
    );
    expect(await screen.findByRole("alert")).toHaveTextContent(
      /The audit was tried several times and did not finish.*Request r-7/,
    );
  });

  it("guesses the time left only after a tenth", () => {
    expect(timeLeft(1000, 0.05)).toBeNull();
    expect(timeLeft(1000, 0.25)).toBe(3000);
    expect(timeLeft(1000, 1)).toBeNull();
  });

  it("counts ended stages and tells which ended between two snapshots", () => {
    const later = {
      ...snapshot,
      stages: snapshot.stages.map((s) => (s.id === "performance" ? { ...s, state: "failed" as const } : s)),
    };
    expect(endedCount(snapshot)).toBe(1);
    expect(endedCount(later)).toBe(2);
    expect(endedStages(undefined, later)).toEqual([]);
    expect(endedStages(snapshot, later).map((s) => s.id)).toEqual(["performance"]);
  });
});

describe("the tabs of a result", () => {
  const finding = (outcome: "issue" | "pass" | "watch", stage: string) =>
    ({ outcome, stage }) as Parameters<typeof worstOutcome>[0][number];

  it("carry the worst outcome of their stage in words", async () => {
    const findings = [finding("pass", "data"), finding("issue", "data")];
    const { container } = await renderWith(
      <ResultTabs
        stages={[
          { id: "data", state: "done" },
          { id: "fairness", state: "not-run", reason: "not-binary" },
        ]}
        findings={findings}
        value="summary"
        onChange={() => undefined}
      >
        <p>all</p>
      </ResultTabs>,
    );
    expect(screen.getByRole("tab", { name: /issue Data.*1 issue/ })).toBeVisible();
    expect(screen.getByRole("tab", { name: /Not run Fairness/ })).toBeVisible();
    await expectAccessible(container);
    expect(worstOutcome([finding("watch", "data"), finding("pass", "data")], "data")).toBe("watch");
    expect(worstOutcome([], "data")).toBeNull();
  });
});
