import { readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

const css = readFileSync("src/styles/tokens.css", "utf8");

function tokens(block: string): Record<string, string> {
  const found: Record<string, string> = {};
  for (const [, name, value] of block.matchAll(/--([\w-]+):\s*(#[0-9a-f]{6});/g)) found[name!] = value!;
  return found;
}

const [lightCss, darkCss] = css.split("@media screen") as [string, string];
const themes = { light: tokens(lightCss), dark: tokens(darkCss) };

function luminance(hex: string): number {
  const channel = (i: number) => {
    const v = Number.parseInt(hex.slice(i, i + 2), 16) / 255;
    return v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4;
  };
  return 0.2126 * channel(1) + 0.7152 * channel(3) + 0.0722 * channel(5);
}

function contrast(a: string, b: string): number {
  const [hi, lo] = [luminance(a), luminance(b)].toSorted((x, y) => y - x) as [number, number];
  return (hi + 0.05) / (lo + 0.05);
}

const grounds = ["canvas", "surface", "sunken", "hover"];
const words: [string, string[]][] = [
  ["ink", grounds],
  ["ink-muted", grounds],
  ["ink-faint", ["canvas", "surface", "sunken"]],
  ["accent-ink", ["canvas", "surface", "sunken", "hover", "accent-soft"]],
  ["on-accent", ["accent", "accent-hover"]],
  ["issue", ["canvas", "surface", "sunken", "issue-soft"]],
  ["watch", ["canvas", "surface", "sunken", "watch-soft"]],
  ["inconclusive", ["canvas", "surface", "sunken", "inconclusive-soft"]],
  ["pass", ["canvas", "surface", "sunken", "pass-soft"]],
  ["info", ["canvas", "surface", "sunken", "info-soft"]],
  ["ink", ["accent-soft", "issue-soft", "watch-soft", "pass-soft", "info-soft"]],
];
const marks: [string, string[]][] = [
  ["line-strong", ["canvas", "surface"]],
  ["focus", ["canvas", "surface"]],
  ["accent", ["surface", "canvas"]],
  ["chart-1", ["surface"]],
  ["chart-2", ["surface"]],
  ["chart-3", ["surface"]],
  ["chart-4", ["surface"]],
  ["chart-5", ["surface"]],
  ["chart-axis", ["surface"]],
  ["chart-limit", ["surface"]],
];

describe.each(Object.entries(themes))("%s theme", (_, theme) => {
  const pairs = (list: [string, string[]][]) =>
    list.flatMap(([front, backs]) => backs.map((back) => [front, back] as const));

  it.each(pairs(words))("%s on %s carries words (4.5:1)", (front, back) => {
    expect(contrast(theme[front]!, theme[back]!)).toBeGreaterThanOrEqual(4.5);
  });

  it.each(pairs(marks))("%s on %s carries marks (3:1)", (front, back) => {
    expect(contrast(theme[front]!, theme[back]!)).toBeGreaterThanOrEqual(3);
  });

  it("has every colour of the other theme", () => {
    expect(Object.keys(theme).toSorted()).toEqual(Object.keys(themes.light).toSorted());
  });
});
