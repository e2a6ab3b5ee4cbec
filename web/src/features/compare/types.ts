import type { Finding, Scope } from "@/api/types";

/** How findings are said; the words belong to the results, the route brings them here. */
export interface FindingWords {
  title: (finding: Finding) => string;
  sentence: (finding: Finding) => string;
  /** What it is about; empty for the whole audit. */
  about: (scope: Scope) => string;
}
