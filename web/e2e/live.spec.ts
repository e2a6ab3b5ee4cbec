import { readFileSync } from "node:fs";

import { fixture, loans, text } from "./loans";
import { choose, chooseTarget, expect, has, setUp, shoot, signUp, test } from "./page";
import { golden } from "./server";

test.beforeEach(async ({ page }) => {
  await signUp(page);
});

test("without the event stream the page asks again until the end", async ({ page }) => {
  await setUp(page);
  await page.route("**/events", (route) => route.abort());
  await page.getByRole("button", { name: "Start the audit" }).click();
  await expect(page.getByRole("button", { name: "Download report" })).toBeVisible({ timeout: 120_000 });
});

test("the page may be left and comes back to the audit", async ({ page }) => {
  await setUp(page);
  await page.getByRole("button", { name: "Start the audit" }).click();
  await expect(page).toHaveURL(/\/audits\/[0-9a-f-]{36}$/);
  const address = page.url();
  await page.getByRole("link", { name: "Models", exact: true }).click();
  const main = page.getByRole("navigation", { name: "Main" });
  await main.getByRole("link", { name: "Analyses", exact: true }).click();
  await page
    .getByRole("link", { name: /credit_forest/ })
    .first()
    .click();
  await expect(page).toHaveURL(address);
  await expect(page.getByRole("button", { name: "Download report" })).toBeVisible({ timeout: 120_000 });
});

test("an audit can be cancelled, and what was finished stays", async ({ page }) => {
  // Enough rows to be in the middle of it for a while.
  await has(page, "datasets", text("many.csv", loans(100_000)));
  await has(page, "models", fixture("loan.json"));
  await choose(page, "many.csv", "loan.json");
  await chooseTarget(page, "approved");
  await page.getByRole("button", { name: "Start the audit" }).click();
  await expect(page.getByText(/^[1-7] of 12 stages/)).toBeVisible({ timeout: 60_000 });
  await page.getByRole("button", { name: "Cancel the audit" }).click();
  await page
    .getByRole("alertdialog")
    .getByRole("button", { name: /^Cancel / })
    .click();
  await expect(page.getByText("The audit was cancelled")).toBeVisible({ timeout: 60_000 });
  await expect(page.getByRole("button", { name: "Download report" })).toBeHidden();
  await page.getByRole("tab", { name: "Data" }).click();
  await expect(page.getByRole("tabpanel").getByRole("table").first()).toBeVisible();
});

test("stored predictions are audited without a model", async ({ page }) => {
  const scored = loans(400)
    .split("\n")
    .map((line, i) => (i === 0 ? `${line},p_1` : `${line},${((i * 37) % 100) / 100}`))
    .join("\n");
  await has(page, "datasets", text("scored.csv", scored));
  await page.goto("/audits/new/files");
  const place = page.getByRole("main").locator("section", { hasText: "The rows to judge the model on" });
  await place.getByRole("button", { name: /Uploaded files/ }).click();
  await page.getByRole("option", { name: /^scored.csv/ }).click();
  await page.getByText("I have no model file").click();
  await shoot(page, "stored-files");
  await page.getByRole("button", { name: "Continue" }).click();
  await page
    .getByRole("button", { name: /Target/ })
    .first()
    .click();
  await page.getByRole("option", { name: "approved", exact: true }).click();
  await page.getByRole("button", { name: /Probability of 1/ }).click();
  await page.getByRole("option", { name: "p_1", exact: true }).click();
  await shoot(page, "stored-columns");
  await page.getByRole("button", { name: "Continue" }).click();
  await expect(page.getByText(/there are stored predictions only/).first()).toBeVisible();
  await page.getByRole("button", { name: "Start the audit" }).click();
  await expect(page.getByRole("button", { name: "Download report" })).toBeVisible({ timeout: 120_000 });
  await expect(page.getByText("Stored predictions", { exact: true })).toBeVisible();
  await expect(page.getByText(/there are stored predictions only/).first()).toBeVisible();
  await shoot(page, "stored-result");
});

test("files that belong together become one model", async ({ page }) => {
  const chain = (name: string) => ({ name, bytes: readFileSync(golden("chain-sklearn", name)) });
  for (const name of ["encoders.pkl", "scaler.pkl", "model.pkl"]) await has(page, "models", chain(name));
  await page.goto("/models");
  await page.getByRole("link", { name: "model.pkl" }).click();
  await expect(page.getByRole("heading", { name: "How the file is read" })).toBeVisible();
  await expect(page.getByText(/^job/).first()).toContainText("number");
  for (const name of ["encoders.pkl", "scaler.pkl"]) {
    await page.getByRole("button", { name: /Add a file before it/ }).click();
    await page.getByRole("option", { name: new RegExp(`^${name}`) }).click();
  }
  await shoot(page, "model-files");
  await page.getByRole("button", { name: "Read it so" }).click();
  // The table now holds the words that the encoders know.
  await expect(page.getByText(/^job/).first()).toContainText("text");
  await expect(page.getByText("LabelEncoder").first()).toBeVisible();
  await shoot(page, "model-files-read");
});
