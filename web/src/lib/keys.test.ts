import { describe, expect, it } from "vitest";

import { matchKey } from "./keys";

const press = (key: string, more: Partial<Parameters<typeof matchKey>[0]> = {}) => ({
  key,
  ctrlKey: false,
  metaKey: false,
  altKey: false,
  defaultPrevented: false,
  target: document.body,
  ...more,
});

describe("keys", () => {
  it("are single characters outside of fields, when they are allowed", () => {
    expect(matchKey(press("/"), true)).toBe("search");
    expect(matchKey(press("?"), true)).toBe("help");
    expect(matchKey(press("/"), false)).toBeNull();
    expect(matchKey(press("/", { target: document.createElement("input") }), true)).toBeNull();
    expect(matchKey(press("/", { ctrlKey: true }), true)).toBeNull();
  });

  it("are chords anywhere", () => {
    expect(matchKey(press("k", { metaKey: true }), false)).toBe("palette");
    expect(matchKey(press("K", { ctrlKey: true, target: document.createElement("input") }), false)).toBe(
      "palette",
    );
    expect(matchKey(press("k"), true)).toBeNull();
    expect(matchKey(press("k", { ctrlKey: true, defaultPrevented: true }), true)).toBeNull();
  });
});
