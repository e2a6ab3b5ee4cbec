import { expect, signUp, test, upload } from "./page";
import { example } from "./server";

test.beforeEach(async ({ page }) => {
  await signUp(page);
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
});

test("without the event stream the page asks again until the end", async ({ page }) => {
  await page.route("**/events", (route) => route.abort());
  await page.getByRole("button", { name: "Start the audit" }).click();
  await expect(page.getByRole("button", { name: "Download report" })).toBeVisible({ timeout: 120_000 });
});

test("the page may be left and comes back to the audit", async ({ page }) => {
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
  await page.getByRole("button", { name: "Start the audit" }).click();
  const cancel = page.getByRole("button", { name: "Cancel the audit" });
  const done = page.getByRole("button", { name: "Download report" });
  await expect(cancel.or(done)).toBeVisible();
  if (await done.isVisible()) return;
  await cancel.click();
  await page
    .getByRole("alertdialog")
    .getByRole("button", { name: /^Cancel / })
    .click();
  await expect(page.getByText("The audit was cancelled").or(done)).toBeVisible({ timeout: 60_000 });
});
