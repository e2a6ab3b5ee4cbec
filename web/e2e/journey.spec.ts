import { createHash } from "node:crypto";
import { readFileSync } from "node:fs";

import type { Page } from "@playwright/test";

import { drop, expect, password, shoot, test, upload } from "./page";
import { example } from "./server";

/** What a person reads and presses on the way, in one language; the second way is walked in the dark theme. */
interface Words {
  language: "en" | "es";
  signIn: string;
  makeOne: string;
  email: string;
  password: string;
  create: string;
  none: string;
  first: string;
  data: string;
  model: string;
  dropTable: string;
  table: string;
  next: string;
  target: RegExp;
  compare: string;
  performance: string;
  name: string;
  start: string;
  live: RegExp;
  stages: RegExp;
  download: string;
  parts: string;
  tabs: string[];
  changes: string;
  changed: string;
  text: string;
  report: RegExp[];
  analyses: string;
  remove: string;
  nothing: string;
  clear: string;
  bin: { page: string; file: string; empty: string }[];
  theme: string;
  menu: string;
  signOut: string;
}

const english: Words = {
  language: "en",
  signIn: "Sign in",
  makeOne: "Create one",
  email: "Email",
  password: "Password",
  create: "Create account",
  none: "No analyses yet",
  first: "Start the first audit",
  data: "The rows to judge the model on",
  model: "A trained model",
  dropTable: "Upload a table",
  table: "400 rows × 22 columns",
  next: "Continue",
  target: /Target/,
  compare: "Compare groups of sex",
  performance: "Performance",
  name: "Name of the analysis",
  start: "Start the audit",
  live: /Audit in progress|Waiting for a free worker/,
  stages: /\d+ of \d+ stages/,
  download: "Download report",
  parts: "Parts of the analysis",
  tabs: [
    "Summary",
    "Data",
    "Leakage",
    "Drift",
    "Performance",
    "Calibration",
    "Uncertainty",
    "Slices",
    "Explanation",
    "Sensitivity",
    "Robustness",
    "Fairness",
    "Model file",
    "Explore",
    "Questions",
  ],
  changes: "What would change it",
  changed: "What would change the decision",
  text: "Text, English",
  report: [
    /^Fine audit report$/im,
    /^VERDICT: (PASS|WATCH|ISSUE|INCONCLUSIVE)\b/m,
    /^What to do$/im,
    /^Risks, worst first$/im,
    /How good are the predictions\?/,
    /Do decisions differ between groups\?/,
    /95 % interval/,
    /Nothing in it was executed\./,
  ],
  analyses: "Analyses",
  remove: "Delete",
  nothing: "No results",
  clear: "Clear both",
  bin: [
    { page: "Data", file: "german_test.csv", empty: "No data yet" },
    { page: "Models", file: "credit_forest.pkl", empty: "No models yet" },
  ],
  theme: "Light",
  menu: "Account and settings",
  signOut: "Sign out",
};

const spanish: Words = {
  language: "es",
  signIn: "Iniciar sesión",
  makeOne: "Cree una",
  email: "Correo electrónico",
  password: "Contraseña",
  create: "Crear cuenta",
  none: "Aún no hay análisis",
  first: "Empezar la primera auditoría",
  data: "Las filas con las que se juzga el modelo",
  model: "Un modelo entrenado",
  dropTable: "Subir una tabla",
  table: "400 filas × 22 columnas",
  next: "Continuar",
  target: /Objetivo/,
  compare: "Comparar los grupos de sex",
  performance: "Rendimiento",
  name: "Nombre del análisis",
  start: "Empezar la auditoría",
  live: /Auditoría en curso|Esperando un trabajador libre/,
  stages: /\d+ de \d+ etapas/,
  download: "Descargar informe",
  parts: "Partes del análisis",
  tabs: [
    "Resumen",
    "Datos",
    "Fugas",
    "Deriva",
    "Rendimiento",
    "Calibración",
    "Incertidumbre",
    "Segmentos",
    "Explicación",
    "Sensibilidad",
    "Robustez",
    "Equidad",
    "Archivo del modelo",
    "Explorar",
    "Preguntas",
  ],
  changes: "Qué lo cambiaría",
  changed: "Qué cambiaría la decisión",
  text: "Texto, español",
  report: [
    /^Informe de auditoría de Fine$/im,
    /^VEREDICTO: (SUPERADO|VIGILAR|PROBLEMA|NO CONCLUYENTE)(,|$)/m,
    /^Qué hacer$/im,
    /^Riesgos, de mayor a menor$/im,
    /¿Cómo de buenas son las predicciones\?/,
    /¿Difieren las decisiones entre grupos\?/,
    /intervalo del 95 %/,
    /No se ejecutó nada de su contenido\./,
  ],
  analyses: "Análisis",
  remove: "Eliminar",
  nothing: "Sin resultados",
  clear: "Quitar ambos",
  bin: [
    { page: "Datos", file: "german_test.csv", empty: "Aún no hay datos" },
    { page: "Modelos", file: "credit_forest.pkl", empty: "Aún no hay modelos" },
  ],
  theme: "Oscuro",
  menu: "Cuenta y ajustes",
  signOut: "Cerrar sesión",
};

const dataFile = example("german/german_test.csv");
const modelFile = example("german/credit_forest.pkl");
const digest = (path: string) => createHash("sha256").update(readFileSync(path)).digest("hex");

async function makeAccount(page: Page, words: Words) {
  await page.goto("/");
  await expect(page.getByRole("heading", { level: 1, name: words.signIn })).toBeVisible();
  await expect(page.locator("html")).toHaveAttribute("lang", words.language);
  await shoot(page, `${words.language}-sign-in`);
  await page.getByRole("link", { name: words.makeOne }).click();
  await page.getByLabel(words.email).fill(`new.${words.language}.${Date.now()}@example.org`);
  await page.getByLabel(words.password, { exact: true }).fill(password);
  await page.getByRole("button", { name: words.create }).click();
  await expect(page.getByRole("heading", { name: words.none })).toBeVisible();
  await page.getByRole("contentinfo").getByText(words.theme).click();
  await shoot(page, `${words.language}-empty`);
}

async function threeSteps(page: Page, words: Words, name: string) {
  await page.getByRole("link", { name: words.first }).click();
  await expect(page).toHaveURL(/\/audits\/new\/files$/);
  await expect(page.getByRole("button", { name: words.next })).toBeDisabled();
  // One file is dragged onto the page, the other chosen.
  const zone = page.locator("section", { hasText: words.data }).locator("[data-rac]", { hasText: "CSV" });
  await drop(page, zone.first(), dataFile);
  await expect(page.getByText(words.table)).toBeVisible();
  await upload(page, words.model, modelFile);
  await expect(page.getByText(/scikit-learn \d/)).toBeVisible();
  await shoot(page, `${words.language}-files`);
  await page.getByRole("button", { name: words.next }).click();

  await expect(page).toHaveURL(/\/audits\/new\/columns$/);
  await expect(page.getByRole("button", { name: words.target }).first()).toContainText("credit_risk");
  const compare = page.getByRole("checkbox", { name: words.compare });
  await expect(compare).toBeChecked();
  await page.reload();
  await expect(compare).toBeChecked();
  await shoot(page, `${words.language}-columns`);
  await page.getByRole("button", { name: words.next }).click();

  await expect(page.getByRole("checkbox", { name: words.performance })).toBeChecked();
  await page.getByLabel(words.name).fill(name);
  await shoot(page, `${words.language}-checks`);
  await page.getByRole("button", { name: words.start }).click();
}

async function watch(page: Page, words: Words, name: string) {
  await expect(page).toHaveURL(/\/audits\/[0-9a-f-]{36}$/);
  await expect(page.getByRole("heading", { level: 1, name })).toBeVisible();
  await expect(page.getByRole("heading", { level: 2, name: words.live })).toBeVisible();
  await expect(page.getByText(words.stages)).toBeVisible();
  // The same page turns into the result.
  await expect(page.getByRole("button", { name: words.download })).toBeVisible({ timeout: 90_000 });
  await expect(page.getByText(words.stages)).toBeHidden();
  await expect(page).toHaveTitle(`${name} · Fine`);
}

async function readEveryTab(page: Page, words: Words) {
  const tabs = page.getByRole("tablist", { name: words.parts }).getByRole("tab");
  await expect(tabs).toHaveCount(words.tabs.length);
  for (const [i, title] of words.tabs.entries()) {
    await expect(tabs.nth(i)).toContainText(title);
    await tabs.nth(i).click();
    await expect(tabs.nth(i)).toHaveAttribute("aria-selected", "true");
    // Of a part that has tabs of its own, the outer panel.
    const panel = page.getByRole("tabpanel").first();
    await expect(panel.getByRole("heading", { level: 2 }).first()).toBeVisible();
    // Without reference data there is no drift, and the part says so.
    if (title === words.tabs[3]) await expect(panel.getByText(/reference|referencia/i).first()).toBeVisible();
    else if (title === words.tabs.at(-1)) await expect(panel.getByRole("textbox")).toBeVisible();
    else if (i > 0)
      await expect(panel.getByRole("table").or(panel.getByRole("figure")).first()).toBeVisible();
    // No placeholder left open, no key or failed number in place of words.
    expect(await panel.innerText()).not.toMatch(/\{\{|\}\}|undefined|\bNaN\b|\[object/);
    // Every part is looked at in one language; the other has the longest words here.
    if (words.language === "en" || i === 0 || title === words.tabs[7]) {
      await shoot(page, `${words.language}-result-${i}`);
    }
  }
}

/** What would change the decision about the first row. */
async function explore(page: Page, words: Words) {
  await page.getByRole("tab", { name: words.tabs.at(-2)!, exact: true }).click();
  await page.getByRole("tab", { name: words.changes }).click();
  const panel = page.getByRole("tabpanel").last();
  await expect(panel.getByRole("heading", { name: words.changed })).toBeVisible({ timeout: 60_000 });
  await expect(panel.getByRole("figure").first()).toBeVisible();
  await expect(panel.getByRole("status").first()).toBeVisible();
  expect(await panel.innerText()).not.toMatch(/\{\{|\}\}|undefined|\bNaN\b|\[object/);
  await shoot(page, `${words.language}-changes`);
}

async function readTheReport(page: Page, words: Words, name: string) {
  await page.getByRole("button", { name: words.download }).click();
  const [download] = await Promise.all([
    page.waitForEvent("download"),
    page.getByRole("menuitem", { name: words.text }).click(),
  ]);
  expect(download.suggestedFilename()).toMatch(/^fine-.+\.txt$/);
  const text = readFileSync((await download.path())!, "utf8");
  for (const part of words.report) expect(text).toMatch(part);
  expect(text).toContain(name);
  expect(text).toContain("german_test.csv (csv");
  expect(text).toContain("credit_forest.pkl, scikit-learn");
  expect(text).toContain(digest(dataFile));
  expect(text).toContain(digest(modelFile));
  expect(text).not.toMatch(/\{\{|\}\}|undefined|NaN/);
  expect(text.split("\n").every((line) => [...line].length <= 92)).toBe(true);
}

async function tidyUp(page: Page, words: Words, name: string) {
  const dialog = page.getByRole("alertdialog");
  const remove = async (what: string) => {
    await page.getByRole("button", { name: `${words.remove} ${what}` }).click();
    await dialog.getByRole("button", { name: `${words.remove} ${what}` }).click();
  };
  for (const { page: list, file, empty } of words.bin) {
    await page.getByRole("link", { name: list, exact: true }).click();
    await remove(file);
    await expect(page.getByRole("heading", { name: empty })).toBeVisible();
  }
  // The result outlives its files.
  await page.getByRole("link", { name: words.analyses, exact: true }).first().click();
  await page.getByRole("searchbox").fill("nothing like this");
  await expect(page.getByRole("heading", { name: words.nothing })).toBeVisible();
  await page.getByRole("button", { name: words.clear }).click();
  await shoot(page, `${words.language}-analyses`);
  await page.getByRole("link", { name }).click();
  await expect(page.getByRole("button", { name: words.download })).toBeVisible();
  await remove(name);
  await expect(page.getByRole("heading", { name: words.none })).toBeVisible();
  await page.getByRole("button", { name: words.menu }).click();
  await page.getByRole("menuitem", { name: words.signOut }).click();
  await expect(page.getByRole("heading", { level: 1, name: words.signIn })).toBeVisible();
  await page.goto("/audits");
  await expect(page).toHaveURL(/\/sign-in\?next=/);
}

async function wholeWay(page: Page, words: Words, name: string) {
  // Two dozen pages are checked and photographed at two widths, beside an audit in an unoptimised build.
  test.setTimeout(480_000);
  await test.step("a new account", () => makeAccount(page, words));
  await test.step("three steps", () => threeSteps(page, words, name));
  await test.step("live, then the result in the same place", () => watch(page, words, name));
  await test.step("every part of the result", () => readEveryTab(page, words));
  await test.step("what would change a decision", () => explore(page, words));
  await test.step("the report as text", () => readTheReport(page, words, name));
  await test.step("delete everything and leave", () => tidyUp(page, words, name));
}

test("the whole way from sign-up to the report and back out, in English", async ({ page }) => {
  await wholeWay(page, english, "German credit, first look");
});

test.describe("in Spanish", () => {
  test.use({ locale: "es-ES" });

  test("the whole way from sign-up to the report and back out, in Spanish", async ({ page }) => {
    await wholeWay(page, spanish, "Crédito alemán, primera mirada");
  });
});
