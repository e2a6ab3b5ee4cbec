import { readFile } from "node:fs/promises";

import { checkPage, expect, signUp, test, upload } from "./page";
import { example } from "./server";

const data = "Tables that models are audited on";

test.describe("what cannot be used is refused in words, and nothing is lost", () => {
  test.beforeEach(async ({ page }) => {
    await signUp(page);
  });

  const tables: [string, { name: string; bytes: Buffer }, RegExp][] = [
    ["an empty file", { name: "empty.csv", bytes: Buffer.alloc(0) }, /The file is empty/],
    [
      "a ragged table",
      { name: "ragged.csv", bytes: Buffer.from("a,b\n1,2\n3\n") },
      /Line 3 has 1 fields; the header has 2/,
    ],
    [
      "a model as data",
      { name: "m.pkl", bytes: Buffer.from([0x80, 4, 0x4e, 0x2e]) },
      /This is a Python pickle/,
    ],
    [
      "a Git LFS pointer",
      {
        name: "big.csv",
        bytes: Buffer.from("version https://git-lfs.github.com/spec/v1\noid sha256:00\nsize 9\n"),
      },
      /Git LFS pointer/,
    ],
    [
      "a truncated Parquet file",
      { name: "cut.parquet", bytes: Buffer.from("PAR1 and then nothing") },
      /cut off/,
    ],
  ];
  for (const [what, file, words] of tables) {
    test(what, async ({ page }) => {
      await page.getByRole("link", { name: "Data", exact: true }).click();
      await expect(page.getByText(data)).toBeVisible();
      await page
        .locator("input[type=file]")
        .setInputFiles({ ...file, mimeType: "text/csv", buffer: file.bytes });
      await expect(page.getByRole("alert")).toContainText(words);
      await expect(page.getByRole("alert").or(page.getByText("was not taken")).first()).toBeVisible();
      await expect(page.getByRole("button", { name: "Choose a file" })).toBeEnabled();
      await expect(page.getByRole("heading", { name: "No data yet" })).toBeVisible();
      await checkPage(page);
    });
  }

  test("a pickle that would run a command is listed and never run", async ({ page }) => {
    // posix.system("true") at protocol 2.
    const bytes = Buffer.from("\x80\x02cposix\nsystem\nX\x04\x00\x00\x00true\x85R.", "latin1");
    await page.getByRole("link", { name: "Models", exact: true }).click();
    await page
      .locator("input[type=file]")
      .setInputFiles({ name: "evil.pkl", mimeType: "x/y", buffer: bytes });
    await expect(page.getByRole("heading", { level: 1, name: "evil.pkl" })).toBeVisible();
    await expect(page.getByText("A normal load of this file would run a command")).toBeVisible();
    await expect(page.getByText(/posix\.system\(.*true/)).toBeVisible();
    await expect(page.getByRole("button", { name: "Audit with this file" })).toBeDisabled();
    await checkPage(page);
  });

  test("a column that the model needs is missing", async ({ page }) => {
    const table = await readFile(example("german/german_test.csv"), "utf8");
    const without = table
      .trim()
      .split("\n")
      .map((line) => line.split(",").slice(1).join(","))
      .join("\n");
    await page.goto("/audits/new/files");
    await upload(page, "The rows to judge the model on", { name: "short.csv", bytes: Buffer.from(without) });
    await expect(page.getByText(/400 rows × 21 columns/)).toBeVisible();
    await upload(page, "A trained model", example("german/credit_forest.pkl"));
    await page.getByRole("button", { name: "Continue" }).click();
    await expect(page.getByRole("alert")).toContainText("status_of_existing_checking_account");
    await expect(page.getByRole("button", { name: "Continue" })).toBeDisabled();
    await checkPage(page);
  });

  test("a target with one class stands in the way of the start", async ({ page }) => {
    const [header, ...rows] = (await readFile(example("german/german_test.csv"), "utf8")).trim().split("\n");
    const at = header!.split(",").indexOf("credit_risk");
    const good = rows.filter((row) => row.split(",")[at] === "1");
    const bytes = Buffer.from([header, ...good].join("\n"));
    await page.goto("/audits/new/files");
    await upload(page, "The rows to judge the model on", { name: "one.csv", bytes });
    await expect(page.getByText("one.csv")).toBeVisible();
    await upload(page, "A trained model", example("german/credit_forest.pkl"));
    await page.getByRole("button", { name: "Continue" }).click();
    await page
      .getByRole("button", { name: /Target/ })
      .first()
      .click();
    await page.getByRole("option", { name: "credit_risk" }).click();
    await page.getByRole("button", { name: "Continue" }).click();
    await expect(page.getByRole("alert")).toContainText("The target holds the single value 1");
    await expect(page.getByRole("button", { name: "Start the audit" })).toBeDisabled();
  });

  test("what belongs to another person is not there", async ({ page, browser, server }) => {
    await page.goto("/audits/new/files");
    await upload(page, "The rows to judge the model on", example("german/german_test.csv"));
    await expect(page.getByText(/400 rows/)).toBeVisible();
    await page.getByRole("link", { name: "Data", exact: true }).click();
    await page.getByRole("link", { name: "german_test.csv" }).click();
    await expect(page).toHaveURL(/\/data\/.+/);
    const address = page.url();
    const other = await (await browser.newContext({ baseURL: server.url })).newPage();
    await signUp(other);
    await other.goto(address);
    await expect(other.getByRole("alert")).toContainText("There is nothing here, or it is not yours.");
    await other.context().close();
  });
});
