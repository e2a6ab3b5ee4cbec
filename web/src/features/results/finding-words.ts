import { useCallback } from "react";
import { useTranslation } from "react-i18next";

import units from "@catalogue/units.json";

import type { AppliedLimit, Estimate, Finding, Outcome, Scope, Severity } from "@/api/types";
import { digitsOf, type Numbers, type Unit } from "@/charts/numbers";
import { useNumbers } from "@/charts/use-numbers";
import { type Catalogue, useCatalogue } from "@/i18n/useCatalogue";

import { sliceWords } from "./slice-words";

/** The unit of the number that a check judges, or of a named number of the diagnosis. */
export function unitOf(id: string): Unit {
  return ((units as Record<string, string>)[id] as Unit | undefined) ?? "number";
}

/** The limit that decided: the watch limit of a watch, else the issue limit. */
export function decidingLimit(limit: AppliedLimit | undefined, outcome: Outcome): number | undefined {
  if (!limit) return undefined;
  return outcome === "watch" ? (limit.watch ?? limit.issue) : (limit.issue ?? limit.watch);
}

/** `0.71 (95 % interval 0.69 to 0.73)`, or that there are too few rows. */
export function measuredWords(e: Estimate, unit: Unit, numbers: Numbers, { say }: Catalogue): string {
  if (e.value === null) return say("phrases.not-estimable", { n: numbers.count(e.n) });
  const digits = digitsOf([e], unit);
  const value = numbers.format(e.value, unit, digits);
  if (e.low === null || e.high === null) return value;
  return say("phrases.interval", {
    value,
    low: numbers.tick(e.low, unit, digits),
    high: numbers.tick(e.high, unit, digits),
  });
}

/** What a finding is about, by the names of the placeholders. */
export function scopeArgs(scope: Scope, numbers: Numbers, catalogue: Catalogue): Record<string, string> {
  switch (scope.kind) {
    case "global":
      return {};
    case "feature":
      return { feature: scope.feature };
    case "pair":
      return { feature_a: scope.features[0], feature_b: scope.features[1] };
    case "group":
      return { attribute: scope.attribute, group: scope.group ?? "", reference: scope.reference ?? "" };
    case "class":
      return { class: scope.class };
    case "slice":
      return { slice: sliceWords(scope.predicates, numbers, catalogue) };
  }
}

/** What a finding is about, beside its title; empty for the whole audit. */
export function useScopeWords(): (scope: Scope) => string {
  const numbers = useNumbers();
  const catalogue = useCatalogue();
  return useCallback(
    (scope) => {
      switch (scope.kind) {
        case "global":
          return "";
        case "feature":
          return scope.feature;
        case "pair":
          return scope.features.join(" + ");
        case "group":
          return scope.group === null ? scope.attribute : `${scope.attribute} = ${scope.group}`;
        case "class":
          return scope.class;
        case "slice":
          return sliceWords(scope.predicates, numbers, catalogue);
      }
    },
    [catalogue, numbers],
  );
}

/** Values for the placeholders of the sentences of a check. */
export function findingArgs(f: Finding, numbers: Numbers, catalogue: Catalogue): Record<string, string> {
  const unit = unitOf(f.check);
  const limit = decidingLimit(f.limit, f.outcome);
  const digits = digitsOf([f.measured], unit);
  const write = (v: number | null) => numbers.format(v, unit, digits);
  return {
    measured: measuredWords(f.measured, unit, numbers, catalogue),
    value: write(f.measured.value),
    low: write(f.measured.low),
    high: write(f.measured.high),
    limit: limit === undefined ? "–" : numbers.limit(limit, unit),
    n: numbers.count(f.measured.n),
    detectable: f.detectable === undefined ? "–" : numbers.format(f.detectable, unit),
    ...scopeArgs(f.scope, numbers, catalogue),
  };
}

export interface FindingWords {
  title: (f: Finding) => string;
  sentence: (f: Finding) => string;
  recommendation: (f: Finding) => string | null;
}

/** A finding in the words of the shared catalogue. */
export function useFindingWords(): FindingWords {
  const numbers = useNumbers();
  const catalogue = useCatalogue();
  const { t } = useTranslation("results");
  const { say, has } = catalogue;
  const title = useCallback((f: Finding) => say(`checks.${f.check}.title`, {}, f.check), [say]);
  const sentence = useCallback(
    (f: Finding) => {
      const reason = f.reason ? say(`reasons.${f.reason}`, {}, f.reason) : null;
      const key = `checks.${f.check}.${f.outcome}`;
      if (f.outcome === "not-applicable" || f.outcome === "errored" || !has(key)) {
        return t("because", { outcome: say(`outcomes.${f.outcome}`), reason: reason ?? "–" });
      }
      if (f.outcome === "inconclusive" && f.measured.value === null) {
        return t("undecided", {
          reason: reason ?? say("reasons.not-estimable"),
          n: numbers.count(f.measured.n),
        });
      }
      const words = say(key, findingArgs(f, numbers, catalogue));
      if (f.outcome !== "inconclusive" || f.detectable === undefined) return words;
      return `${words} ${say("phrases.detectable", { value: findingArgs(f, numbers, catalogue).detectable })}`;
    },
    [catalogue, has, numbers, say, t],
  );
  const recommendation = useCallback(
    (f: Finding) =>
      f.recommendation
        ? say(`recommendations.${f.recommendation}`, findingArgs(f, numbers, catalogue))
        : null,
    [catalogue, numbers, say],
  );
  return { title, sentence, recommendation };
}

/** Worst first; what needs a person comes before what is fine. */
const OUTCOMES: Outcome[] = ["issue", "errored", "inconclusive", "watch", "pass", "not-applicable"];
const SEVERITIES: Severity[] = ["critical", "high", "medium", "low", "info"];

export function worstOutcome(findings: Finding[]): Outcome | null {
  return OUTCOMES.find((o) => findings.some((f) => f.outcome === o)) ?? null;
}

export function bySeverity(a: Finding, b: Finding): number {
  return (
    SEVERITIES.indexOf(a.severity) - SEVERITIES.indexOf(b.severity) ||
    OUTCOMES.indexOf(a.outcome) - OUTCOMES.indexOf(b.outcome)
  );
}

/** Headings of the list of findings: severities of what is wrong, then the rest by outcome. */
export type FindingGroup = Exclude<Severity, "info"> | "open" | "record" | "fine" | "skipped";
export const GROUPS: FindingGroup[] = [
  "critical",
  "high",
  "medium",
  "low",
  "open",
  "record",
  "fine",
  "skipped",
];

/** A watch that asks for no decision: it is only for the record. */
export const isRecord = (f: Finding) => f.outcome === "watch" && f.severity === "info";

export function groupOf(f: Finding): FindingGroup {
  if (f.outcome === "pass") return "fine";
  if (f.outcome === "not-applicable") return "skipped";
  if (f.outcome === "inconclusive" || f.outcome === "errored") return "open";
  return f.severity === "info" ? (f.outcome === "issue" ? "low" : "record") : f.severity;
}
