import { readdirSync, readFileSync } from "node:fs";

import { describe, expect, it } from "vitest";

interface Tree {
  [key: string]: string | Tree;
}

const STAGES = readdirSync("src/stages", { withFileTypes: true }).flatMap((f) =>
  f.isDirectory() ? f.name : [],
);
const catalogue = (stage: string, language: string) =>
  JSON.parse(readFileSync(`src/stages/${stage}/${language}.json`, "utf8")) as Tree;

/** Keys without plural suffix, with the placeholders of their words. */
function outline(tree: Tree, path: string[] = []): string[] {
  return Object.entries(tree).flatMap(([key, value]) => {
    const here = [...path, key];
    if (typeof value !== "string") return outline(value, here);
    const names = [...new Set([...value.matchAll(/\{\{\s*(\w+)/g)].map((m) => m[1]!))].toSorted();
    return `${here.join(".").replace(/_(one|other)$/, "")} {${names.join(",")}}`;
  });
}

describe.each(STAGES)("words of the stage %s", (stage) => {
  const en = catalogue(stage, "en");

  it("say the same things in English and Spanish", () => {
    const keys = (tree: Tree) => [...new Set(outline(tree))].toSorted();
    expect(keys(catalogue(stage, "es"))).toEqual(keys(en));
  });

  it("exist for every key that the view names", () => {
    const keys = new Set(outline(en).map((line) => line.split(" ")[0]));
    const used = readdirSync(`src/stages/${stage}`)
      .filter((file) => file.endsWith(".tsx") && !file.includes(".test."))
      .flatMap((file) => [
        ...readFileSync(`src/stages/${stage}/${file}`, "utf8").matchAll(/\bsay\(\s*"([\w.-]+)"/g),
      ])
      .map((match) => match[1]!);
    expect(used.length).toBeGreaterThan(0);
    expect(used.filter((key) => !keys.has(key))).toEqual([]);
  });

  it("are all said somewhere", () => {
    const source = readdirSync(`src/stages/${stage}`)
      .filter((file) => file.endsWith(".tsx") && !file.includes(".test."))
      .map((file) => readFileSync(`src/stages/${stage}/${file}`, "utf8"))
      .join("");
    const said = (key: string) => {
      const prefix = key.slice(0, key.lastIndexOf("."));
      return source.includes(`"${key}"`) || source.includes(`\`${prefix}.\${`);
    };
    const keys = outline(en).map((line) => line.split(" ")[0]!);
    expect(keys.filter((key) => !said(key) && !source.includes(key))).toEqual([]);
  });
});
