import { readFileSync } from "node:fs";

import type { Made } from "./page";
import { serverFixture } from "./server";

/** A text file made by the test. */
export const text = (name: string, content: string): Made => ({ name, bytes: Buffer.from(content) });

/** A small model file of the server's own tests: `loan.json` judges [`loans`]. */
export const fixture = (name: string): Made => ({ name, bytes: readFileSync(serverFixture(name)) });

/** Applications for loans as CSV, a third of them approved. */
export function loans(rows: number): string {
  const row = (i: number) =>
    `${18 + (i % 60)},${10 + ((i * 7) % 110)},${(i * 11) % 60},${i % 2 ? "male" : "female"},${i % 3 ? 0 : 1}`;
  return ["age,income,debt,sex,approved", ...Array.from({ length: rows }, (_, i) => row(i))].join("\n");
}
