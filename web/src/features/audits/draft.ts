import * as v from "valibot";

import type { AuditRequest, DatasetDetail, ModelDetail, Roles } from "@/api/types";

const optionalText = v.optional(v.nullable(v.string()));

const RolesSchema = v.object({
  target: v.string(),
  positive: optionalText,
  protected: v.array(v.string()),
  weight: optionalText,
  entity: optionalText,
  time: optionalText,
  prediction: v.optional(
    v.nullable(
      v.object({ label: optionalText, probabilities: v.optional(v.record(v.string(), v.string())) }),
    ),
  ),
  ignore: v.array(v.string()),
});

const DraftSchema = v.object({
  datasetId: optionalText,
  modelId: optionalText,
  /** The table holds the predictions, and there is no model file. */
  withoutModel: v.optional(v.boolean(), false),
  referenceId: optionalText,
  name: v.string(),
  seed: v.number(),
  /** `null` until the suggestion of the server was taken over. */
  roles: v.nullable(RolesSchema),
  /** Stages that are left out. */
  skipped: v.array(v.string()),
});

/** A new audit before it is started. */
export type Draft = v.InferOutput<typeof DraftSchema>;

/** What one column is for; a protected attribute keeps its role beside. */
export type ChosenRole = "target" | "feature" | "weight" | "entity" | "time" | "ignore";

export const emptyDraft: Draft = {
  datasetId: null,
  modelId: null,
  withoutModel: false,
  referenceId: null,
  name: "",
  seed: 42,
  roles: null,
  skipped: [],
};

export type DraftEvent =
  | { type: "prepared"; request: AuditRequest }
  | { type: "dataset"; id: string | null }
  | { type: "model"; id: string | null }
  | { type: "withoutModel"; isOn: boolean }
  | { type: "reference"; id: string | null }
  | { type: "suggested"; roles: Roles }
  | { type: "role"; column: string; role: ChosenRole }
  | { type: "protected"; column: string; isProtected: boolean }
  | { type: "positive"; value: string | null }
  | { type: "predicted"; column: string | null }
  | { type: "probability"; of: string; column: string | null }
  | { type: "stage"; id: string; isChosen: boolean }
  | { type: "name"; name: string }
  | { type: "seed"; seed: number };

/** The next draft. Another table or model forgets the roles, which are guessed from both. */
export function draftReducer(draft: Draft, event: DraftEvent): Draft {
  switch (event.type) {
    case "prepared":
      return {
        ...emptyDraft,
        datasetId: event.request.dataset_id,
        modelId: event.request.model_id ?? null,
        withoutModel: !event.request.model_id,
        referenceId: event.request.reference_id ?? null,
        name: event.request.name ?? "",
        roles: event.request.roles,
      };
    case "dataset":
      return event.id === draft.datasetId ? draft : { ...draft, datasetId: event.id, roles: null, name: "" };
    case "model":
      return event.id === draft.modelId ? draft : { ...draft, modelId: event.id, roles: null, name: "" };
    case "withoutModel":
      return { ...draft, withoutModel: event.isOn, modelId: null, roles: null, name: "" };
    case "reference":
      return { ...draft, referenceId: event.id };
    case "suggested":
      return { ...draft, roles: event.roles };
    case "role":
      return draft.roles ? { ...draft, roles: withRole(draft.roles, event.column, event.role) } : draft;
    case "protected":
      return draft.roles
        ? { ...draft, roles: withProtected(draft.roles, event.column, event.isProtected) }
        : draft;
    case "positive":
      return draft.roles ? { ...draft, roles: { ...draft.roles, positive: event.value } } : draft;
    case "predicted":
      return draft.roles ? { ...draft, roles: withStored(draft.roles, { label: event.column }) } : draft;
    case "probability":
      return draft.roles
        ? { ...draft, roles: withStored(draft.roles, { probability: [event.of, event.column] }) }
        : draft;
    case "stage":
      return { ...draft, skipped: toggled(draft.skipped, event.id, !event.isChosen) };
    case "name":
      return { ...draft, name: event.name };
    case "seed":
      return Number.isSafeInteger(event.seed) && event.seed >= 0 ? { ...draft, seed: event.seed } : draft;
  }
}

/** The role of a column. */
export function roleOf(roles: Roles, column: string): ChosenRole {
  if (roles.target === column) return "target";
  if (roles.weight === column) return "weight";
  if (roles.entity === column) return "entity";
  if (roles.time === column) return "time";
  return roles.ignore.includes(column) ? "ignore" : "feature";
}

function withRole(roles: Roles, column: string, role: ChosenRole): Roles {
  const free = (held: string | null | undefined) => (held === column ? null : (held ?? null));
  const next: Roles = {
    ...roles,
    target: roles.target === column ? "" : roles.target,
    weight: free(roles.weight),
    entity: free(roles.entity),
    time: free(roles.time),
    ignore: roles.ignore.filter((c) => c !== column),
  };
  if (role === "ignore") next.ignore = [...next.ignore, column];
  else if (role !== "feature") next[role] = column;
  if (role === "target") next.protected = next.protected.filter((c) => c !== column);
  // The positive class belongs to the values of the old target.
  if (next.target !== roles.target) {
    next.positive = null;
    next.prediction = null;
  }
  return next;
}

interface StoredChange {
  label?: string | null;
  probability?: [of: string, column: string | null];
}

function withStored(roles: Roles, { label, probability }: StoredChange): Roles {
  const before = roles.prediction ?? {};
  const probabilities = { ...before.probabilities };
  if (probability) {
    const [of, column] = probability;
    if (column) probabilities[of] = column;
    else delete probabilities[of];
  }
  const prediction = { label: label === undefined ? (before.label ?? null) : label, probabilities };
  const taken = new Set([prediction.label, ...Object.values(probabilities)]);
  return {
    ...roles,
    prediction: storedColumns(prediction).length > 0 ? prediction : null,
    ignore: roles.ignore.filter((c) => !taken.has(c)),
  };
}

/** The columns that hold predictions. */
export function storedColumns(prediction: Roles["prediction"]): string[] {
  const { label, probabilities } = prediction ?? {};
  return [...(label ? [label] : []), ...Object.values(probabilities ?? {})];
}

/** The columns that `fine predict` writes, where the table has them. */
function namedPrediction(dataset: DatasetDetail, classes: string[]): Roles["prediction"] {
  const columns = new Set(dataset.preview.columns.map((c) => c.name));
  const found = classes.map((of) => [of, `p_${of}`] as const).filter(([, column]) => columns.has(column));
  const prediction = {
    label: columns.has("prediction") ? "prediction" : null,
    probabilities: Object.fromEntries(found),
  };
  return storedColumns(prediction).length > 0 ? prediction : null;
}

function withProtected(roles: Roles, column: string, isProtected: boolean): Roles {
  if (isProtected && roles.target === column) return roles;
  return { ...roles, protected: toggled(roles.protected, column, isProtected) };
}

function toggled(list: string[], item: string, isIn: boolean): string[] {
  const rest = list.filter((other) => other !== item);
  return isIn ? [...rest, item] : rest;
}

/**
 * The roles to begin with: the server's guess, with the columns that the model takes kept as features even where the
 * guess would leave them alone.
 */
export function suggestedRoles(dataset: DatasetDetail, model: ModelDetail | null): Roles {
  const guess = dataset.preview.suggested.roles;
  const inputs = inputsOf(model);
  const prediction = model ? null : namedPrediction(dataset, dataset.preview.suggested.classes);
  const stored = new Set(storedColumns(prediction));
  // An input is never the answer: where there is no other column, the target stays open.
  const target = inputs.has(guess.target) ? (targetChoices(dataset, model)[0] ?? "") : guess.target;
  return {
    target,
    positive: target === guess.target ? (guess.positive ?? null) : null,
    protected: guess.protected.filter((c) => c !== target),
    weight: guess.weight && !inputs.has(guess.weight) ? guess.weight : null,
    entity: guess.entity && !inputs.has(guess.entity) ? guess.entity : null,
    time: guess.time && !inputs.has(guess.time) ? guess.time : null,
    ...(prediction ? { prediction } : {}),
    ignore: guess.ignore.filter((c) => !inputs.has(c) && !stored.has(c) && c !== target),
  };
}

function inputsOf(model: ModelDetail | null): Set<string> {
  return new Set(model?.features.map((f) => f.name));
}

/** Classes of the target: as the data writes them, else as the model stores them. */
export function classesOf(dataset: DatasetDetail, model: ModelDetail | null, target: string): string[] {
  const { suggested, columns } = dataset.preview;
  if (target === suggested.roles.target && suggested.classes.length > 0) return suggested.classes;
  const column = columns.find((c) => c.name === target);
  if (column && column.distinct <= 2 && column.examples.length >= 2) return column.examples.slice(0, 2);
  return model?.classes ?? [];
}

/** Columns that may hold the true answer: all that the model does not take. */
export function targetChoices(dataset: DatasetDetail, model: ModelDetail | null): string[] {
  const inputs = inputsOf(model);
  return dataset.preview.columns.map((c) => c.name).filter((name) => !inputs.has(name));
}

/** Inputs of the model that the table has no column for; a model without names takes the columns in order. */
export function missingInputs(dataset: DatasetDetail, model: ModelDetail | null): string[] {
  if (!model || model.facts.warnings.some((w) => w.id === "no-feature-names")) return [];
  const columns = new Set(dataset.preview.columns.map((c) => c.name));
  return model.features.map((f) => f.name).filter((name) => !columns.has(name));
}

/** Whether the roles say enough: a target, and predictions where no model makes them. */
export function isComplete({
  modelId,
  withoutModel,
  roles,
}: Pick<Draft, "modelId" | "withoutModel" | "roles">) {
  if (!roles?.target) return false;
  return modelId ? !withoutModel : withoutModel && storedColumns(roles.prediction).length > 0;
}

/** The body to check or start an audit; `null` while something is missing. */
export function auditRequest(draft: Draft, stages?: readonly string[]): AuditRequest | null {
  const { datasetId, modelId, withoutModel, referenceId, roles, name, seed, skipped } = draft;
  if (!datasetId || !roles || !isComplete({ modelId, withoutModel, roles })) return null;
  const { target, protected: attributes, ignore, ...rest } = roles;
  const given = Object.fromEntries(Object.entries(rest).filter(([, value]) => value != null && value !== ""));
  return {
    dataset_id: datasetId,
    ...(modelId ? { model_id: modelId } : {}),
    ...(referenceId ? { reference_id: referenceId } : {}),
    ...(name.trim() ? { name: name.trim() } : {}),
    roles: { target, protected: attributes, ignore, ...given },
    seed,
    ...(stages ? { stages: stages.filter((id) => !skipped.includes(id)) } : {}),
  };
}

/** Reads a kept draft; anything else than a draft is an empty one. */
export function parseDraft(text: string | null): Draft {
  if (!text) return emptyDraft;
  try {
    const parsed = v.safeParse(DraftSchema, JSON.parse(text));
    return parsed.success ? parsed.output : emptyDraft;
  } catch {
    return emptyDraft;
  }
}
