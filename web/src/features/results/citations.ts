import { useCallback } from "react";
import { useTranslation } from "react-i18next";

import type { Sentence } from "@/api/narrative";
import type { AuditResult, Estimate } from "@/api/types";
import { type Numbers } from "@/charts/numbers";
import { useNumbers } from "@/charts/use-numbers";
import { useCatalogue } from "@/i18n/useCatalogue";

import { useFindingWords, useScopeWords } from "./finding-words";

/** Where a citation leads: a tab of the result and a place in it, or a place of this page. */
export type CitedPlace = { tab: string; at: string } | { here: string };

export interface Cited {
  /** Which result it is, in words. */
  label: string;
  /** `null` for a pointer to nothing that the page shows. */
  place: CitedPlace | null;
}

/** The numbers of the cited pointers, in the order in which they first occur. */
export function numberCitations(sentences: readonly Sentence[]): Map<string, number> {
  const numbers = new Map<string, number>();
  for (const pointer of sentences.flatMap((s) => s.evidence)) {
    if (!numbers.has(pointer)) numbers.set(pointer, numbers.size + 1);
  }
  return numbers;
}

/** Ids of the places that citations lead to. */
export const findingPlace = (index: number) => `finding-${index}`;
export const stagePlace = (stage: string) => `stage-${stage}`;
export const evidencePlace = (prefix: string, index: number) => `${prefix}-${index}`;

/** The values on the way of a JSON pointer, the pointed one last; empty when it points to nothing. */
export function walk(document: unknown, pointer: string): unknown[] {
  const seen: unknown[] = [document];
  for (const raw of pointer.split("/").slice(1)) {
    const at = seen.at(-1);
    const name = raw.replaceAll("~1", "/").replaceAll("~0", "~");
    if (typeof at !== "object" || at === null || !Object.hasOwn(at, name)) return [];
    seen.push((at as Record<string, unknown>)[name]);
  }
  return seen;
}

/** The number behind a pointer, where it is one. */
function cited(value: unknown, numbers: Numbers): string | null {
  if (typeof value === "number") return numbers.format(value, "number");
  if (typeof value !== "object" || value === null) return null;
  const { value: inner, n, low, high } = value as Partial<Estimate>;
  const isEstimate = inner !== undefined && n !== undefined && low !== undefined && high !== undefined;
  return isEstimate ? numbers.estimate(value as Estimate, "number") : null;
}

/**
 * Tells what a pointer of a sentence cites. `evidence` names the places of the calls that an answer made, for pointers
 * to these.
 */
export function useCitations(result: AuditResult, evidence?: string): (pointer: string) => Cited {
  const { t } = useTranslation("results");
  const { say, has } = useCatalogue();
  const numbers = useNumbers();
  const words = useFindingWords();
  const scope = useScopeWords();
  const stageTitle = useCallback((id: string) => say(`stages.${id}.title`, {}, id), [say]);

  const ofStage = (index: number, pointer: string): Cited | null => {
    const record = result.stages[index];
    if (!record) return null;
    const seen = walk(result, pointer);
    const named = seen.findLast((v) => typeof v === "object" && v !== null && "id" in v) as
      | { id: unknown }
      | undefined;
    const metric = named && has(`metrics.${String(named.id)}`) ? say(`metrics.${String(named.id)}`) : null;
    const path = pointer
      .split("/")
      .slice(3)
      .join("/")
      .replace(/^report\/?/, "");
    const value = cited(seen.at(-1), numbers);
    const detail = [metric ?? path, value].filter(Boolean).join(" = ");
    const stage = stageTitle(record.id);
    return {
      label: detail ? t("cited.stage", { stage, detail }) : stage,
      place: { tab: record.id, at: stagePlace(record.id) },
    };
  };

  const ofFinding = (index: number): Cited | null => {
    const finding = result.findings[index];
    if (!finding) return null;
    const about = scope(finding.scope);
    const args = { stage: stageTitle(finding.stage), title: words.title(finding), scope: about };
    return {
      label: t(about ? "cited.findingOf" : "cited.finding", args),
      place: { tab: finding.stage, at: findingPlace(index) },
    };
  };

  return (pointer) => {
    const [, root = "", index = ""] = pointer.split("/");
    const at = /^\d+$/.test(index) ? Number(index) : -1;
    const unknown = { label: t("cited.unknown", { pointer }), place: null };
    switch (root) {
      case "findings":
        return ofFinding(at) ?? unknown;
      case "stages":
        return ofStage(at, pointer) ?? unknown;
      case "verdict":
        return { label: t("verdict"), place: { tab: "summary", at: "verdict" } };
      case "diagnosis":
        return { label: t("diagnosis"), place: { tab: "summary", at: "verdict" } };
      case "manifest":
        return { label: t("cited.manifest"), place: { tab: "summary", at: "facts" } };
      case "evidence":
        return evidence === undefined || at < 0
          ? unknown
          : { label: t("cited.call", { n: at + 1 }), place: { here: evidencePlace(evidence, at) } };
      default:
        return unknown;
    }
  };
}
