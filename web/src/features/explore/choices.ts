import type { ChangeAsk } from "@/api/asked";

import { readNumber } from "./edits";

/** What one column may do; `default` is the server's choice. */
export const ways = ["default", "free", "rise", "fall", "stay"] as const;
export type Way = (typeof ways)[number];

/** What stands in the form. */
export interface Choices {
  /** A class, or empty for any other one. */
  wanted: string;
  atLeast: string;
  atMost: string;
  count: string;
  most: string;
  distance: string;
  columns: Record<string, Way>;
}

export const noChoices: Choices = {
  wanted: "",
  atLeast: "",
  atMost: "",
  count: "3",
  most: "3",
  distance: "",
  columns: {},
};

export type Wrong = "atLeast" | "atMost" | "distance";

/** The question behind the form, or the fields that are wrong; `null` while a regression is told no end. */
export function readChoices(
  choices: Choices,
  isRegression: boolean,
): { ask: ChangeAsk | null; wrong: Wrong[] } {
  const low = isRegression ? readNumber(choices.atLeast) : null;
  const high = isRegression ? readNumber(choices.atMost) : null;
  const distance = readNumber(choices.distance);
  const wrong: Wrong[] = [];
  if (low === undefined) wrong.push("atLeast");
  if (high === undefined || (typeof low === "number" && typeof high === "number" && low > high)) {
    wrong.push("atMost");
  }
  if (distance === undefined || (distance !== null && distance <= 0)) wrong.push("distance");
  if (wrong.length > 0 || (isRegression && low === null && high === null)) return { ask: null, wrong };
  const named = (...which: Way[]) =>
    Object.keys(choices.columns)
      .filter((column) => which.includes(choices.columns[column]!))
      .toSorted();
  const ask: ChangeAsk = {
    ...(isRegression
      ? {
          wanted: {
            ...(typeof low === "number" ? { at_least: low } : {}),
            ...(typeof high === "number" ? { at_most: high } : {}),
          },
        }
      : choices.wanted === ""
        ? {}
        : { wanted: { class: choices.wanted } }),
    also_change: named("free", "rise", "fall"),
    must_stay: named("stay"),
    only_rise: named("rise"),
    only_fall: named("fall"),
    count: Number(choices.count),
    max_changes: Number(choices.most),
    ...(typeof distance === "number" ? { max_distance: distance } : {}),
  };
  return { ask, wrong };
}
