import { describe, expect, it } from "vitest";

import en from "./en";
import es from "./es";

/** Keys with their placeholders. Plural forms may differ between languages, so their suffix is cut. */
function outline(tree: unknown, path = ""): string[] {
  if (typeof tree === "string") {
    const names = [...tree.matchAll(/\{\{\s*([\w.]+)/g)].map((m) => m[1]!).toSorted();
    return [`${path.replace(/_(zero|one|two|few|many|other)$/, "")} {${[...new Set(names)].join(",")}}`];
  }
  return Object.entries(tree as object).flatMap(([key, value]) => outline(value, `${path}.${key}`));
}

describe.each(Object.keys(en) as (keyof typeof en)[])("words of %s", (namespace) => {
  it("say the same things in English and Spanish", () => {
    const keys = (tree: unknown) => [...new Set(outline(tree))].toSorted();
    expect(keys(es[namespace])).toEqual(keys(en[namespace]));
  });
});
