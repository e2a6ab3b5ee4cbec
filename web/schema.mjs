// Writes src/api/schema.ts from the API description that the server keeps in crates/server/openapi.json.
import { readFile, writeFile } from "node:fs/promises";
import { fileURLToPath } from "node:url";

import openapiTS, { astToString } from "openapi-typescript";

const at = (path) => fileURLToPath(new URL(path, import.meta.url));

/** The types of the description, as text. */
export async function schemaText() {
  const description = JSON.parse(await readFile(at("../crates/server/openapi.json"), "utf8"));
  // The client names its calls itself; types by operation would only double those by path.
  for (const item of Object.values(description.paths)) {
    for (const operation of Object.values(item)) delete operation.operationId;
  }
  const banner = "// Generated from crates/server/openapi.json by `npm run schema`; do not edit.\n\n";
  return banner + astToString(await openapiTS(description));
}

if (process.argv[1] === fileURLToPath(import.meta.url))
  await writeFile(at("src/api/schema.ts"), await schemaText());
