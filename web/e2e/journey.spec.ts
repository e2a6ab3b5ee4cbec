import { readFile } from "node:fs/promises";

import { expect, shoot, signUp, test, upload } from "./page";
import { example } from "./server";

test("from sign-up to the report, in two languages and two themes", async ({ page }) => {
  await page.goto("/");
  await expect(page.getByRole("heading", { level: 1, name: "Sign in" })).toBeVisible();
  await shoot(page, "sign-in");
  await signUp(page);
  await expect(page.getByRole("heading", { name: "No analyses yet" })).toBeVisible();
  await shoot(page, "empty");

  await test.step("three steps", async () => {
    await page.getByRole("link", { name: "Start the first audit" }).click();
    await expect(page).toHaveURL(/\/audits\/new\/files$/);
    await expect(page.getByRole("button", { name: "Continue" })).toBeDisabled();
    await upload(page, "The rows to judge the model on", example("adult/adult_test.csv"));
    await expect(page.getByText(/16,281 rows × 15 columns/)).toBeVisible();
    await upload(page, "A trained model", example("adult/income_xgboost.joblib"));
    await expect(page.getByText(/scikit-learn 1\.9\.1|xgboost/i).first()).toBeVisible();
    await shoot(page, "new-files");
    await page.getByRole("button", { name: "Continue" }).click();

    await expect(page).toHaveURL(/\/audits\/new\/columns$/);
    await expect(page.getByRole("button", { name: /Target/ }).first()).toContainText("income");
    await expect(page.getByRole("checkbox", { name: "Compare groups of sex" })).toBeChecked();
    await page.reload();
    await expect(page.getByRole("checkbox", { name: "Compare groups of sex" })).toBeChecked();
    await shoot(page, "new-columns");
    await page.getByRole("button", { name: "Continue" }).click();

    await expect(page.getByRole("checkbox", { name: "Performance" })).toBeChecked();
    await page.getByLabel("Name of the analysis").fill("Adult income, first look");
    await shoot(page, "new-checks");
    await page.getByRole("button", { name: "Start the audit" }).click();
  });

  await test.step("live, then the result in the same place", async () => {
    await expect(page).toHaveURL(/\/audits\/[0-9a-f-]{36}$/);
    await expect(page.getByRole("heading", { level: 1, name: "Adult income, first look" })).toBeVisible();
    await page.screenshot({ path: "test-results/screens/live-1280.png", fullPage: true });
    await expect(page.getByRole("button", { name: "Download report" })).toBeVisible({ timeout: 150_000 });
    await expect(page).toHaveTitle("Adult income, first look · Fine");
    await shoot(page, "result-summary");
  });

  const stages = page.getByRole("tablist", { name: "Parts of the analysis" }).getByRole("tab");
  await test.step("every stage opens", async () => {
    const count = await stages.count();
    expect(count).toBeGreaterThanOrEqual(9);
    for (let i = 1; i < count; i += 1) {
      await stages.nth(i).click();
      const tab = new URL(page.url()).searchParams.get("tab");
      await expect(page.getByRole("tabpanel").getByRole("heading", { level: 2 }).first()).toBeVisible();
      await page.waitForLoadState("networkidle");
      await shoot(page, `result-${tab}`);
    }
  });

  await test.step("the report as text", async () => {
    await page.getByRole("button", { name: "Download report" }).click();
    const [download] = await Promise.all([
      page.waitForEvent("download"),
      page.getByRole("menuitem", { name: "Text, English" }).click(),
    ]);
    expect(download.suggestedFilename()).toMatch(/\.txt$/);
    const text = await readFile((await download.path())!, "utf8");
    expect(text).toContain("income_xgboost.joblib");
    expect(text.length).toBeGreaterThan(1000);
  });

  await test.step("Spanish and dark", async () => {
    await page.getByRole("button", { name: "Account and settings" }).click();
    await page.getByRole("menuitemradio", { name: "Español" }).click();
    await expect(page.locator("html")).toHaveAttribute("lang", "es");
    await page.keyboard.press("Escape");
    await page.getByRole("contentinfo").getByText("Oscuro").click();
    await expect(page.locator("html")).toHaveAttribute("data-theme", "dark");
    await stages.first().click();
    await expect(page.getByRole("tab", { name: "Resumen" })).toHaveAttribute("aria-selected", "true");
    await shoot(page, "result-summary-es-dark");
    await page.getByRole("navigation", { name: "Principal" }).getByRole("link", { name: "Análisis" }).click();
    await expect(page.getByRole("link", { name: "Adult income, first look" })).toBeVisible();
    await shoot(page, "analyses-es-dark");
    await page.getByRole("navigation", { name: "Principal" }).getByRole("link", { name: "Datos" }).click();
    await page.getByRole("link", { name: "adult_test.csv" }).click();
    await expect(page.getByRole("rowheader", { name: "workclass" })).toBeVisible();
    await shoot(page, "dataset-es-dark");
    await page.getByRole("navigation", { name: "Principal" }).getByRole("link", { name: "Modelos" }).click();
    await page.getByRole("link", { name: "income_xgboost.joblib" }).click();
    await expect(page.getByText("Pipeline", { exact: true })).toBeVisible();
    await shoot(page, "model-es-dark");
  });

  await test.step("search, delete by name, sign out", async () => {
    await page.getByRole("navigation", { name: "Principal" }).getByRole("link", { name: "Análisis" }).click();
    await page.getByRole("searchbox").fill("nothing like this");
    await expect(page.getByRole("heading", { name: "Sin resultados" })).toBeVisible();
    await page.getByRole("button", { name: "Quitar ambos" }).click();
    await page.getByRole("button", { name: "Eliminar Adult income, first look" }).click();
    await page
      .getByRole("alertdialog")
      .getByRole("button", { name: /^Eliminar Adult/ })
      .click();
    await expect(page.getByRole("heading", { name: "Aún no hay análisis" })).toBeVisible();
    await page.getByRole("button", { name: "Cuenta y ajustes" }).click();
    await page.getByRole("menuitem", { name: "Cerrar sesión" }).click();
    await expect(page.getByRole("heading", { level: 1, name: "Iniciar sesión" })).toBeVisible();
    await page.goto("/audits");
    await expect(page).toHaveURL(/\/sign-in\?next=/);
  });
});
