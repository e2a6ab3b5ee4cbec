import * as v from "valibot";

export const EstimatorFacts = v.strictObject({
  depth: v.number(),
  name: v.string(),
  class: v.string(),
  params: v.array(v.tuple([v.string(), v.string()])),
});
export type EstimatorFacts = v.InferOutput<typeof EstimatorFacts>;

export const ModelFileReport = v.strictObject({
  facts: v.strictObject({
    name: v.optional(v.string()),
    format: v.string(),
    protocol: v.optional(v.number()),
    compression: v.optional(v.string()),
    library: v.string(),
    library_version: v.optional(v.string()),
    bytes: v.number(),
    sha256: v.string(),
    estimators: v.array(EstimatorFacts),
    trees: v.number(),
    nodes: v.number(),
    imports: v.array(
      v.strictObject({ name: v.string(), kind: v.string(), offset: v.number(), calls: v.number() }),
    ),
    dangers: v.array(v.strictObject({ name: v.string(), offset: v.number(), arguments: v.string() })),
    /** The calls themselves are shown after the upload, not in an audit. */
    calls: v.optional(v.array(v.looseObject({ name: v.string(), kind: v.string(), offset: v.number() }))),
    call_count: v.optional(v.number()),
    warnings: v.array(v.strictObject({ id: v.string(), args: v.record(v.string(), v.string()) })),
  }),
  features: v.array(v.looseObject({ name: v.string(), kind: v.unknown() })),
  classes: v.array(v.string()),
  proof: v.optional(
    v.strictObject({
      rows: v.number(),
      max_difference: v.nullable(v.number()),
      tolerance: v.number(),
      labels: v.boolean(),
    }),
  ),
});
export type ModelFileReport = v.InferOutput<typeof ModelFileReport>;
