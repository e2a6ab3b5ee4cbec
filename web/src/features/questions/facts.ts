import type { Estimate } from "@/api/types";

export interface Fact {
  path: string;
  value: string | number | boolean | null | Estimate;
}

/** More facts than this are shown as JSON. */
const MOST = 24;
const DEEPEST = 4;

const isEstimate = (value: object): value is Estimate =>
  "value" in value && "low" in value && "high" in value && "n" in value;

/** The values of a document by their places, or null when it is too large or too deep for a small table. */
export function factsOf(document: Record<string, unknown>): Fact[] | null {
  const facts: Fact[] = [];
  const add = (value: unknown, path: string, depth: number): boolean => {
    if (value === null || typeof value !== "object") {
      facts.push({ path, value: value as Fact["value"] });
      return facts.length <= MOST;
    }
    if (isEstimate(value)) {
      facts.push({ path, value });
      return facts.length <= MOST;
    }
    if (depth >= DEEPEST) return false;
    return Object.entries(value).every(([name, inner]) =>
      add(inner, path ? `${path}.${name}` : name, depth + 1),
    );
  };
  return add(document, "", 0) ? facts : null;
}
