import { beforeEach, describe, expect, it } from "vitest";

import type { DatasetDetail, ModelDetail, Roles } from "@/api/types";

import {
  auditRequest,
  type Draft,
  draftReducer,
  emptyDraft,
  missingInputs,
  parseDraft,
  roleOf,
  suggestedRoles,
  targetChoices,
} from "./draft";

const roles: Roles = { target: "y", positive: "1", protected: ["sex"], weight: "w", ignore: ["id"] };
const dataset = (columns: string[], guess: Roles) =>
  ({
    preview: { columns: columns.map((name) => ({ name })), suggested: { roles: guess } },
  }) as unknown as DatasetDetail;
const model = (...features: string[]) =>
  ({
    features: features.map((name) => ({ name, kind: "any" })),
    facts: { warnings: [] },
  }) as unknown as ModelDetail;

describe("a draft", () => {
  let draft: Draft;
  beforeEach(() => {
    draft = { ...emptyDraft, datasetId: "d", modelId: "m", roles };
  });
  const after = (...events: Parameters<typeof draftReducer>[1][]) => events.reduce(draftReducer, draft);

  it("gives a role to one column at a time", () => {
    const next = after({ type: "role", column: "z", role: "weight" });
    expect(roleOf(next.roles!, "z")).toBe("weight");
    expect(roleOf(next.roles!, "w")).toBe("feature");
  });

  it("moves a column from one role to another", () => {
    const next = after({ type: "role", column: "id", role: "entity" });
    expect(next.roles).toMatchObject({ entity: "id", ignore: [] });
  });

  it("forgets the positive class and the protection of a new target", () => {
    const next = after({ type: "role", column: "sex", role: "target" });
    expect(next.roles).toMatchObject({ target: "sex", positive: null, protected: [] });
  });

  it("never protects the target", () => {
    expect(after({ type: "protected", column: "y", isProtected: true }).roles?.protected).toEqual(["sex"]);
    expect(after({ type: "protected", column: "age", isProtected: true }).roles?.protected).toEqual([
      "sex",
      "age",
    ]);
    expect(after({ type: "protected", column: "sex", isProtected: false }).roles?.protected).toEqual([]);
  });

  it("guesses anew for another file, and not for the same", () => {
    expect(after({ type: "dataset", id: "other" }).roles).toBeNull();
    expect(after({ type: "model", id: "m" }).roles).toBe(roles);
  });

  it("becomes a request without empty fields and without the stages left out", () => {
    const next = after({ type: "stage", id: "explain", isChosen: false }, { type: "name", name: "  " });
    expect(auditRequest(next, ["data", "explain"])).toEqual({
      dataset_id: "d",
      model_id: "m",
      roles: { target: "y", positive: "1", protected: ["sex"], weight: "w", ignore: ["id"] },
      seed: 42,
      stages: ["data"],
    });
    expect(auditRequest({ ...draft, roles: { ...roles, target: "" } })).toBeNull();
  });

  it("takes stored predictions in place of a model", () => {
    const without = after({ type: "withoutModel", isOn: true }, { type: "suggested", roles });
    expect(auditRequest(without)).toBeNull();
    const named = [
      { type: "predicted", column: "said" } as const,
      { type: "probability", of: "1", column: "id" } as const,
    ].reduce(draftReducer, without);
    expect(auditRequest(named)).toEqual({
      dataset_id: "d",
      roles: {
        target: "y",
        positive: "1",
        protected: ["sex"],
        weight: "w",
        prediction: { label: "said", probabilities: { "1": "id" } },
        ignore: [],
      },
      seed: 42,
    });
    const none = [
      { type: "predicted", column: null } as const,
      { type: "probability", of: "1", column: null } as const,
    ].reduce(draftReducer, named);
    expect(none.roles?.prediction).toBeNull();
    expect(draftReducer(named, { type: "role", column: "z", role: "target" }).roles?.prediction).toBeNull();
    expect(draftReducer(named, { type: "model", id: "m" }).modelId).toBe("m");
  });

  it("survives being kept, and anything else in its place", () => {
    expect(parseDraft(JSON.stringify(draft))).toEqual(draft);
    for (const bad of [null, "", "{", "{}", '{"name":3}']) expect(parseDraft(bad)).toEqual(emptyDraft);
  });
});

describe("the roles to begin with", () => {
  it("follow the server's guess but never take an input away from the model", () => {
    const guess: Roles = { target: "y", protected: ["sex"], entity: "id", ignore: ["zip", "note"] };
    expect(
      suggestedRoles(dataset(["id", "zip", "note", "sex", "y"], guess), model("id", "zip")),
    ).toMatchObject({
      target: "y",
      entity: null,
      ignore: ["note"],
      protected: ["sex"],
    });
  });

  it("take another target when the guessed one is an input", () => {
    const guess: Roles = { target: "a", positive: "1", protected: [], ignore: ["b"] };
    expect(suggestedRoles(dataset(["a", "b"], guess), model("a"))).toMatchObject({
      target: "b",
      positive: null,
      ignore: [],
    });
  });

  it("find the predictions of a table by their names", () => {
    const guess: Roles = { target: "y", protected: [], ignore: ["p_1", "prediction"] };
    const table = dataset(["a", "y", "p_0", "p_1", "prediction"], guess);
    table.preview.suggested.classes = ["0", "1"];
    expect(suggestedRoles(table, null)).toMatchObject({
      prediction: { label: "prediction", probabilities: { "0": "p_0", "1": "p_1" } },
      ignore: [],
    });
    expect(suggestedRoles(table, model("a")).prediction).toBeUndefined();
  });

  it("name the inputs that the table lacks", () => {
    const guess: Roles = { target: "y", protected: [], ignore: [] };
    expect(missingInputs(dataset(["a", "y"], guess), model("a", "b"))).toEqual(["b"]);
    const unnamed = { ...model("x0", "x1"), facts: { warnings: [{ id: "no-feature-names", args: {} }] } };
    expect(missingInputs(dataset(["a", "y"], guess), unnamed as unknown as ModelDetail)).toEqual([]);
  });

  it("leave the target open where every column is an input", () => {
    const guess: Roles = { target: "b", positive: "1", protected: [], ignore: [] };
    expect(targetChoices(dataset(["a", "b"], guess), model("a", "b"))).toEqual([]);
    expect(suggestedRoles(dataset(["a", "b"], guess), model("a", "b"))).toMatchObject({
      target: "",
      positive: null,
    });
  });
});
