import { readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

type Rgb = [number, number, number];

const css = readFileSync("src/styles/tokens.css", "utf8");
const [light = "", dark = ""] = css.split("@media screen");

function tokens(block: string): Record<string, Rgb> {
  const found: Record<string, Rgb> = {};
  for (const [, name, hex] of block.matchAll(/--([\w-]+):\s*#([0-9a-f]{6});/g)) {
    found[name!] = [0, 2, 4].map((i) => Number.parseInt(hex!.slice(i, i + 2), 16) / 255) as Rgb;
  }
  return found;
}

const linear = (v: number) => (v <= 0.04045 ? v / 12.92 : ((v + 0.055) / 1.055) ** 2.4);
const gamma = (v: number) => (v <= 0.0031308 ? 12.92 * v : 1.055 * v ** (1 / 2.4) - 0.055);
const luminance = ([r, g, b]: Rgb) => 0.2126 * linear(r) + 0.7152 * linear(g) + 0.0722 * linear(b);

function contrast(a: Rgb, b: Rgb): number {
  const [high = 0, low = 0] = [luminance(a), luminance(b)].toSorted((x, y) => y - x);
  return (high + 0.05) / (low + 0.05);
}

/** A colour laid over another, as `fill-opacity` does. */
const over = (top: Rgb, ground: Rgb, opacity: number) =>
  top.map((v, i) => v * opacity + ground[i]! * (1 - opacity)) as Rgb;

/** `color-mix(in oklab, …)` (Ottosson 2020). */
function mix(a: Rgb, b: Rgb, share: number): Rgb {
  const [x, y] = [oklab(a), oklab(b)];
  return fromOklab(x.map((v, i) => v * share + y[i]! * (1 - share)) as Rgb);
}

function oklab(rgb: Rgb): Rgb {
  const [r, g, b] = rgb.map(linear) as Rgb;
  const l = Math.cbrt(0.4122214708 * r + 0.5363325363 * g + 0.0514459929 * b);
  const m = Math.cbrt(0.2119034982 * r + 0.6806995451 * g + 0.1073969566 * b);
  const s = Math.cbrt(0.0883024619 * r + 0.2817188376 * g + 0.6299787005 * b);
  return [
    0.2104542553 * l + 0.793617785 * m - 0.0040720468 * s,
    1.9779984951 * l - 2.428592205 * m + 0.4505937099 * s,
    0.0259040371 * l + 0.7827717662 * m - 0.808675766 * s,
  ];
}

function fromOklab([lightness, a, b]: Rgb): Rgb {
  const l = (lightness + 0.3963377774 * a + 0.2158037573 * b) ** 3;
  const m = (lightness - 0.1055613458 * a - 0.0638541728 * b) ** 3;
  const s = (lightness - 0.0894841775 * a - 1.291485548 * b) ** 3;
  const rgb = [
    4.0767416621 * l - 3.3077115913 * m + 0.2309699292 * s,
    -1.2684380046 * l + 2.6097574011 * m - 0.3413193965 * s,
    -0.0041960863 * l - 0.7034186147 * m + 1.707614701 * s,
  ];
  return rgb.map((v) => gamma(Math.min(1, Math.max(0, v)))) as Rgb;
}

describe.each([
  ["light", tokens(light)],
  ["dark", tokens(dark)],
] as const)("marks in the %s theme", (_, t) => {
  const surface = t["surface"]!;

  it.each([
    "chart-1",
    "chart-2",
    "chart-3",
    "chart-4",
    "chart-5",
    "chart-limit",
    "chart-axis",
    "watch",
    "ink",
  ])("%s stands out from the surface (3:1)", (name) =>
    expect(contrast(t[name]!, surface)).toBeGreaterThanOrEqual(3),
  );

  it("filled bars of histograms and densities stand out (3:1)", () => {
    expect(contrast(over(t["chart-1"]!, surface, 0.8), surface)).toBeGreaterThanOrEqual(3);
    expect(contrast(over(t["chart-5"]!, surface, 0.85), surface)).toBeGreaterThanOrEqual(3);
  });

  it("whiskers can be read on their bars (3:1)", () => {
    expect(contrast(t["ink"]!, over(t["chart-1"]!, surface, 0.5))).toBeGreaterThanOrEqual(3);
    expect(contrast(t["ink"]!, over(t["chart-2"]!, surface, 0.5))).toBeGreaterThanOrEqual(3);
  });

  it("every colour between low and high values stands out (3:1)", () => {
    for (let share = 0; share <= 1; share += 0.1) {
      expect(contrast(mix(t["chart-pos"]!, t["chart-neg"]!, share), surface)).toBeGreaterThanOrEqual(3);
    }
  });

  it("words on the fullest cell of a confusion matrix can be read (4.5:1)", () => {
    expect(contrast(t["ink"]!, over(t["chart-1"]!, t["sunken"]!, 0.4))).toBeGreaterThanOrEqual(4.5);
  });
});
