import * as v from "valibot";
import { Estimate, Maybe, Predicate } from "@/api/result";

import { MaybeSampling } from "../sampling";

export const Slice = v.strictObject({
  predicates: v.array(Predicate),
  score: v.number(),
  discovery_rows: v.number(),
  discovery_loss: v.number(),
  n: v.number(),
  share: v.number(),
  loss: Estimate,
  rest: Maybe,
  excess: Estimate,
  relative: Estimate,
  p: Maybe,
  q: Maybe,
  impact: Maybe,
  confirmed: v.boolean(),
});
export type Slice = v.InferOutput<typeof Slice>;

export const SlicesReport = v.strictObject({
  n: v.number(),
  loss: v.picklist(["error", "log-loss", "absolute", "squared"]),
  mean_loss: Estimate,
  discovery_rows: v.number(),
  confirmation_rows: v.number(),
  clustered: v.boolean(),
  sampling: MaybeSampling,
  support: v.number(),
  predicates: v.number(),
  features: v.array(v.string()),
  left_out: v.array(v.string()),
  counted: v.number(),
  slices: v.array(Slice),
  tree: v.array(
    v.strictObject({
      parent: Maybe,
      leaf: v.boolean(),
      predicates: v.array(Predicate),
      discovery_rows: v.number(),
      discovery_loss: v.number(),
      share: v.number(),
      loss: Estimate,
    }),
  ),
  profiles: v.array(
    v.strictObject({
      feature: v.string(),
      explained: v.number(),
      bins: v.array(v.strictObject({ predicate: Predicate, loss: Estimate })),
    }),
  ),
  maps: v.array(
    v.strictObject({
      features: v.tuple([v.string(), v.string()]),
      explained: v.number(),
      rows: v.array(Predicate),
      columns: v.array(Predicate),
      cells: v.array(v.array(Estimate)),
    }),
  ),
  confidence: v.array(
    v.strictObject({
      kind: v.picklist(["over", "under"]),
      predicates: v.array(Predicate),
      n: v.number(),
      share: v.number(),
      probability: v.number(),
      hits: Estimate,
      gap: Estimate,
      q: Maybe,
      confirmed: v.boolean(),
    }),
  ),
});
export type SlicesReport = v.InferOutput<typeof SlicesReport>;
