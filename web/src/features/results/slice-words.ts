import type { Predicate } from "@/api/types";
import { digitsFor, type Numbers } from "@/charts/numbers";
import type { Catalogue } from "@/i18n/useCatalogue";

/** One condition: `age 18 to 25 or missing`. */
export function predicateWords(p: Predicate, numbers: Numbers, { say }: Catalogue): string {
  const number = (value: number | null) => numbers.format(value, "number", digitsFor([value], "number"));
  const { feature, low, high } = p;
  const all: string[] = [];
  if (low !== null && high !== null) {
    all.push(say("predicates.range", { feature, low: number(low), high: number(high) }));
  } else if (high !== null) all.push(say("predicates.at-most", { feature, high: number(high) }));
  else if (low !== null) all.push(say("predicates.at-least", { feature, low: number(low) }));
  const rest = [...(p.rare ? ["rare"] : []), ...(p.missing ? ["missing"] : [])];
  for (const value of [...p.values, ...rest.map((id) => say(`predicates.${id}`))]) {
    all.push(all.length === 0 ? say("predicates.is", { feature, value }) : value);
  }
  return joined(all, (first, second) => say("predicates.or", { first, second })) || feature;
}

/** Conditions that all hold: `age 18 to 25 and job = none`. */
export function sliceWords(predicates: Predicate[], numbers: Numbers, catalogue: Catalogue): string {
  const each = predicates.map((p) => predicateWords(p, numbers, catalogue));
  return joined(each, (first, second) => catalogue.say("predicates.and", { first, second }));
}

function joined(parts: string[], join: (a: string, b: string) => string): string {
  const [first = "", ...others] = parts;
  return others.reduce(join, first);
}

/** A condition beside the name of its feature: `18 to 25`, `none`. */
export function binWords(p: Predicate, numbers: Numbers, catalogue: Catalogue): string {
  const named = [...p.values, ...(p.rare ? [catalogue.say("predicates.rare")] : [])];
  if (p.missing) named.push(catalogue.say("predicates.missing"));
  if (named.length === 0) return predicateWords({ ...p, feature: "" }, numbers, catalogue).trim();
  return joined(named, (first, second) => catalogue.say("predicates.or", { first, second }));
}
