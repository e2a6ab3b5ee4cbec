import { AxeBuilder } from "@axe-core/playwright";
import { expect, type Locator, type Page, test as base } from "@playwright/test";

import { example, type FineServer, startServer } from "./server";

interface WorkerFixtures {
  /** Options of `fine serve`; tests with the same ones share a server. */
  serverOptions: string[];
  server: FineServer;
}

/** A test with its own server a file, on a page that fails on page errors and on breaches of the content policy. */
export const test = base.extend<{ page: Page }, WorkerFixtures>({
  serverOptions: [[], { scope: "worker", option: true }],
  server: [
    async ({ serverOptions }, give) => {
      const server = await startServer(serverOptions);
      await give(server);
      await server.stop();
    },
    { scope: "worker" },
  ],
  baseURL: async ({ server }, give) => give(server.url),
  page: async ({ page }, give) => {
    const faults: string[] = [];
    page.on("pageerror", (error) => faults.push(`page error: ${error.message}`));
    page.on("console", (message) => {
      if (/Content.Security.Policy/i.test(message.text())) faults.push(message.text());
    });
    await give(page);
    expect(faults).toEqual([]);
  },
});

export const password = "correct horse battery";

let people = 0;

/** Makes an account on the sign-up page and ends on the list of analyses. */
export async function signUp(page: Page): Promise<string> {
  people += 1;
  const email = `person${people}.${Date.now()}@example.org`;
  await page.goto("/sign-up");
  await page.getByLabel("Email").fill(email);
  await page.getByLabel("Password", { exact: true }).fill(password);
  await page.getByRole("button", { name: "Create account" }).click();
  await expect(page.getByRole("heading", { level: 1, name: "Analyses" })).toBeVisible();
  return email;
}

/** A file made by the test. */
export interface Made {
  name: string;
  bytes: Buffer;
}

/** A file on disk, or one made by the test. */
export type Given = string | Made;

/** Gives a file to the upload of a section, by the file picker; without a section to the only upload of the page. */
export async function upload(page: Page, section: string | null, file: Given) {
  const main = page.getByRole("main");
  const place = section === null ? main : main.locator("section", { hasText: section });
  await place
    .locator("input[type=file]")
    .setInputFiles(
      typeof file === "string"
        ? file
        : { name: file.name, mimeType: "application/octet-stream", buffer: file.bytes },
    );
}

/** Drags a file from outside of the browser onto a drop zone, as a person does. */
export async function drop(page: Page, zone: Locator, path: string) {
  const box = (await zone.boundingBox())!;
  const at = { x: box.x + box.width / 2, y: box.y + 12 };
  const data = { items: [], files: [path], dragOperationsMask: 1 };
  const session = await page.context().newCDPSession(page);
  for (const type of ["dragEnter", "dragOver", "drop"] as const) {
    await session.send("Input.dispatchDragEvent", { type, ...at, data });
  }
  await session.detach();
}

/** The session that the page keeps. */
export const session = (page: Page) =>
  page.evaluate(
    () =>
      JSON.parse(localStorage.getItem("fine.session")!) as { access_token: string; user: { email: string } },
  );

/** Files that the account has from before, which must outlive every refusal. */
export async function has(page: Page, kind: "datasets" | "models", file: Made) {
  const { access_token: token } = await session(page);
  const answer = await page.request.post(`/api/v1/${kind}`, {
    headers: { authorization: `Bearer ${token}` },
    multipart: { file: { name: file.name, mimeType: "application/octet-stream", buffer: file.bytes } },
  });
  expect(answer.status(), await answer.text()).toBe(201);
}

/** Goes to a step of a new audit with the files of these names. */
export async function choose(page: Page, data: string, model: string) {
  await page.goto("/audits/new/files");
  for (const [section, name] of [
    ["The rows to judge the model on", data],
    ["A trained model", model],
  ] as const) {
    const place = page.getByRole("main").locator("section", { hasText: section });
    await place.getByRole("button", { name: /Uploaded files/ }).click();
    await page.getByRole("option", { name: new RegExp(`^${name}`) }).click();
    await expect(place.getByRole("button", { name: "Change" })).toBeVisible();
  }
  await page.getByRole("button", { name: "Continue" }).click();
  await expect(page).toHaveURL(/\/columns$/);
}

export async function chooseTarget(page: Page, column: string) {
  await page
    .getByRole("button", { name: /Target/ })
    .first()
    .click();
  await page.getByRole("option", { name: column, exact: true }).click();
  await page.getByRole("button", { name: "Continue" }).click();
}

/** The three steps up to the start of an audit of the German credit example. */
export async function setUp(page: Page) {
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

/** No violation of WCAG 2.2 AA that axe can see, and no sideways scrolling. */
export async function checkPage(page: Page): Promise<void> {
  const { violations } = await new AxeBuilder({ page })
    .withTags(["wcag2a", "wcag2aa", "wcag21a", "wcag21aa", "wcag22aa"])
    .analyze();
  expect(violations.map((v) => `${v.id}: ${v.nodes.map((n) => n.html.slice(0, 200)).join(" | ")}`)).toEqual(
    [],
  );
  await checkWidth(page);
}

async function checkWidth(page: Page): Promise<void> {
  const overflow = await page.evaluate(
    () => document.documentElement.scrollWidth - document.documentElement.clientWidth,
  );
  expect(overflow, "the page scrolls sideways").toBeLessThanOrEqual(0);
}

/**
 * Screenshots at 390 and 1280 pixels, kept among the test results. The page must fit into both; axe, which takes seconds on
 * a long page, looks at the wide one.
 */
export async function shoot(page: Page, name: string): Promise<void> {
  for (const [width, height] of [
    [390, 844],
    [1280, 900],
  ] as const) {
    await page.setViewportSize({ width, height });
    await page.waitForTimeout(150);
    await checkWidth(page);
    await page.screenshot({ path: `test-results/screens/${name}-${width}.png`, fullPage: true });
  }
  await checkPage(page);
}

export { expect };
