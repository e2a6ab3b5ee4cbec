import { useCallback } from "react";

import type { Finding, Statement } from "@/api/types";
import type { Numbers } from "@/charts/numbers";
import { useNumbers } from "@/charts/use-numbers";
import { type Catalogue, useCatalogue } from "@/i18n/useCatalogue";

import { findingArgs, scopeArgs, unitOf } from "./finding-words";

/** The finding that a statement speaks of: its numbers are read from there. */
export function findingOf(statement: Statement, findings: readonly Finding[]): Finding | undefined {
  const pointer = statement.evidence.find((e) => /^\/findings\/\d+$/.test(e));
  return pointer === undefined ? undefined : findings[Number(pointer.slice("/findings/".length))];
}

/** Values of a statement written for people: numbers by the unit of their name, ids by their words. */
export function statementArgs(
  statement: Statement,
  findings: readonly Finding[],
  numbers: Numbers,
  catalogue: Catalogue,
): Record<string, string> {
  const write = (name: string, value: unknown): string => {
    if (typeof value === "number") {
      const unit = unitOf(name);
      return Number.isInteger(value) && unit === "number"
        ? numbers.count(value)
        : numbers.format(value, unit);
    }
    if (Array.isArray(value)) {
      return value.map((id) => catalogue.say(`stages.${String(id)}.title`, {}, String(id))).join(", ");
    }
    return String(value ?? "–");
  };
  const finding = findingOf(statement, findings);
  return {
    ...(finding ? findingArgs(finding, numbers, catalogue) : {}),
    ...(statement.scope ? scopeArgs(statement.scope, numbers, catalogue) : {}),
    ...Object.fromEntries(Object.entries(statement.args).map(([name, value]) => [name, write(name, value)])),
  };
}

/** A sentence of the diagnosis in words. */
export function useStatementWords(findings: readonly Finding[]): (statement: Statement) => string {
  const numbers = useNumbers();
  const catalogue = useCatalogue();
  return useCallback(
    (statement) => {
      const sentence = catalogue.say(statement.key, statementArgs(statement, findings, numbers, catalogue));
      // Advice about what is worst says of how many others it holds as well.
      const { more } = statement.args;
      if (typeof more !== "number") return sentence;
      return `${sentence} ${catalogue.say("phrases.more-alike", { more: numbers.count(more) })}`;
    },
    [catalogue, findings, numbers],
  );
}
