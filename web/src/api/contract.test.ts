// @vitest-environment node
import { readFileSync } from "node:fs";

import { expect, it } from "vitest";

import { schemaText } from "../../schema.mjs";
import { contractHolds } from "./contract";

it("the generated types are those of the server's description (else: npm run schema)", async () => {
  const kept = readFileSync("src/api/schema.ts", "utf8").replaceAll("\r\n", "\n");
  expect(kept).toBe((await schemaText()).replaceAll("\r\n", "\n"));
});

it("the client's types have the fields of the server's", () => {
  expect(Object.values(contractHolds).every(Boolean)).toBe(true);
});
