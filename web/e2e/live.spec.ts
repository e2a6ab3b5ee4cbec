import type { Page } from "@playwright/test";

import { fixture, loans, text } from "./loans";
import { choose, chooseTarget, expect, has, signUp, test, upload } from "./page";
import { example } from "./server";

test.beforeEach(async ({ page }) => {
  await signUp(page);
});

/** The three steps up to the start of an audit of the German credit example. */
async function setUp(page: Page) {
  await page.goto("/audits/new/files");
  await upload(page, "The rows to judge the model on", example("german/german_test.csv"));
  await expect(page.getByText(/400 rows/)).toBeVisible();
  await upload(page, "A trained model", example("german/credit_forest.pkl"));
  await page.getByRole("button", { name: "Continue" }).click();
  await page
    .getByRole("button", { name: /Target/ })
    .first()
    .click();
  await page.getByRole("option", { name: "credit_risk" }).click();
  await page.getByRole("button", { name: "Continue" }).click();
}

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
  await expect(page.getByText(/^[1-7] of 8 stages/)).toBeVisible({ timeout: 60_000 });
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
