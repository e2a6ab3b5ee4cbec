import * as v from "valibot";

import { useNumbers } from "@/charts/use-numbers";
import { useCatalogue } from "@/i18n/useCatalogue";

/** How a stage took the rows: which are independent, and whether they are weighted. */
export const Sampling = v.strictObject({
  unit: v.picklist(["row", "entity"]),
  entities: v.nullable(v.number()),
  weighted: v.boolean(),
  effective_rows: v.number(),
  without: v.array(v.string()),
});
export type Sampling = v.InferOutput<typeof Sampling>;

/** Reports of older versions do not say it. */
export const MaybeSampling = v.optional(v.nullable(Sampling));

/** Says it where rows are not independent rows that count alike. */
export function SamplingNote({ sampling }: { sampling: Sampling | null | undefined }) {
  const { say } = useCatalogue();
  const numbers = useNumbers();
  if (!sampling) return null;
  const { unit, entities, weighted, effective_rows, without } = sampling;
  const sentences = [
    entities !== null &&
      say(unit === "entity" ? "sampling.entities" : "sampling.single", { n: numbers.count(entities) }),
    weighted && say("sampling.weights", { n: numbers.count(effective_rows) }),
    without.length > 0 &&
      say("sampling.without", { what: without.map((id) => say(`sampling.left-out.${id}`)).join("; ") }),
  ].filter((sentence): sentence is string => sentence !== false);
  if (sentences.length === 0) return null;
  return <p className="max-w-[75ch] text-sm text-ink-muted">{sentences.join(" ")}</p>;
}
