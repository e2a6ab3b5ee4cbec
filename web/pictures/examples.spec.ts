import { readFileSync } from "node:fs";
import { basename, join, resolve } from "node:path";

import { expect, session, signUp, test } from "../e2e/page";
import { example } from "../e2e/server";

/** An example of docs/examples.md, and the part of its page that shows what the text says. */
interface Picture {
  folder: string;
  title: string;
  dataset: string;
  model?: string;
  roles: Record<string, unknown>;
  tab: string;
  /** The heading of the part that is taken; without one it is the part of the first figure. */
  heading?: string;
  /** What is pressed in that part first. */
  press?: string;
}

const pictures: Picture[] = [
  {
    folder: "compas",
    title: "COMPAS",
    dataset: "compas.csv",
    roles: {
      target: "two_year_recid",
      positive: "1",
      protected: ["race", "sex"],
      ignore: ["decile_score"],
      prediction: { label: "high_risk" },
    },
    tab: "fairness",
    heading: "Rates by group",
    press: "Errors",
  },
  {
    folder: "law",
    title: "Law school",
    dataset: "law_test.csv",
    model: "bar_logistic.joblib",
    roles: { target: "PF", positive: "1", protected: ["Race", "Sex"], ignore: ["ZFYA"] },
    tab: "fairness",
    heading: "Rates by group",
  },
  {
    folder: "adult",
    title: "Adult",
    dataset: "adult_test.csv",
    model: "income_xgboost.joblib",
    roles: { target: "income", positive: "1", protected: ["sex", "race"] },
    tab: "explain",
  },
  {
    folder: "default",
    title: "Default of clients",
    dataset: "default_test.parquet",
    model: "default_histgb.joblib",
    roles: { target: "default-payment-next-month", positive: "1", protected: ["SEX"] },
    tab: "performance",
  },
  {
    folder: "german",
    title: "German credit",
    dataset: "german_test.csv",
    model: "credit_forest.pkl",
    roles: { target: "credit_risk", positive: "1", protected: ["sex"] },
    tab: "calibration",
  },
  {
    folder: "diamonds",
    title: "Diamonds",
    dataset: "diamonds_test.parquet",
    model: "price_histgb.joblib",
    roles: { target: "price" },
    tab: "performance",
  },
];

for (const picture of pictures) {
  test(`picture of ${picture.title}`, async ({ page }) => {
    await signUp(page);
    const { access_token: token } = await session(page);
    const headers = { authorization: `Bearer ${token}` };
    const keep = async (kind: "datasets" | "models", name: string) => {
      const buffer = readFileSync(example(join(picture.folder, name)));
      const file = { name: basename(name), mimeType: "application/octet-stream", buffer };
      const answer = await page.request.post(`/api/v1/${kind}`, { headers, multipart: { file } });
      expect(answer.ok(), await answer.text()).toBe(true);
      return ((await answer.json()) as { id: string }).id;
    };
    const data = {
      dataset_id: await keep("datasets", picture.dataset),
      ...(picture.model ? { model_id: await keep("models", picture.model) } : {}),
      name: picture.title,
      roles: picture.roles,
    };
    const started = await page.request.post("/api/v1/audit/full", { headers, data });
    expect(started.ok(), await started.text()).toBe(true);
    const { analysis_id: id } = (await started.json()) as { analysis_id: string };
    await expect
      .poll(
        async () => {
          const answer = await page.request.get(`/api/v1/audit/analyses/${id}`, { headers });
          return ((await answer.json()) as { state: string }).state;
        },
        { timeout: 500_000, intervals: [2000] },
      )
      .toBe("done");
    await page.setViewportSize({ width: 1180, height: 900 });
    await page.goto(`/audits/${id}?tab=${picture.tab}`);
    const main = page.getByRole("main");
    await expect(main.getByRole("figure").first()).toBeVisible();
    const part = picture.heading
      ? main
          .locator("section")
          .filter({ has: page.getByRole("heading", { name: picture.heading }) })
          .last()
      : main.getByRole("figure").first().locator("xpath=ancestor::section[1]");
    if (picture.press) await part.getByText(picture.press, { exact: true }).click();
    await page.waitForTimeout(500);
    const out = resolve(import.meta.dirname, `../../docs/images/example-${picture.folder}.png`);
    await part.screenshot({ path: out });
    await page.screenshot({ path: `test-results/examples/${picture.folder}.png`, fullPage: true });
  });
}
