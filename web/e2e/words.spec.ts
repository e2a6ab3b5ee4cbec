import { createServer } from "node:http";
import type { AddressInfo } from "node:net";

import { expect, setUp, shoot, signUp, test as base } from "./page";

interface Fact {
  id: string;
  measure: string;
  value?: number;
}

/** What a language model would answer: two sentences that are right, and one that is not. */
function answer(asked: { messages: { content: string }[] }) {
  const lines = asked.messages.at(-1)!.content.split("\n");
  const facts = lines.filter((line) => line.startsWith('{"id"')).map((line) => JSON.parse(line) as Fact);
  const of = (measure: string) => facts.find((fact) => fact.measure === measure && fact.value !== undefined);
  const said = [
    { of: of("metric.roc_auc"), words: (id: string) => `The ROC AUC is {${id}}.` },
    { of: of("metric.accuracy"), words: (id: string) => `The accuracy is {${id}}.` },
    { of: of("metric.accuracy"), words: () => "The accuracy is 99.9 %." },
  ].flatMap(({ of: fact, words }) => (fact ? [{ text: words(fact.id), cites: [fact.id] }] : []));
  const question = asked.messages.at(-1)!.content.includes("Question, as JSON text");
  const content = question
    ? { kind: "off-topic", topic: null, row: null, conditions: [], sentences: [] }
    : { sentences: said };
  return {
    choices: [{ message: { content: JSON.stringify(content) } }],
    usage: { prompt_tokens: 900, completion_tokens: 80 },
  };
}

/** A test whose server has a language model, which is a script. */
const test = base.extend<object, { serverOptions: string[] }>({
  serverOptions: [
    // eslint-disable-next-line no-empty-pattern
    async ({}, give) => {
      const model = createServer((request, response) => {
        const pieces: Buffer[] = [];
        request.on("data", (piece: Buffer) => pieces.push(piece));
        request.on("end", () => {
          const asked = JSON.parse(Buffer.concat(pieces).toString()) as Parameters<typeof answer>[0];
          response.writeHead(200, { "content-type": "application/json" }).end(JSON.stringify(answer(asked)));
        });
      });
      await new Promise<void>((ready) => model.listen(0, "127.0.0.1", ready));
      const { port } = model.address() as AddressInfo;
      await give(["--openai-model", "scripted", "--openai-api-base", `http://127.0.0.1:${port}/v1`]);
      model.close();
    },
    { scope: "worker" },
  ],
});

test("an audit is told in words that are proved, and answers questions", async ({ page }) => {
  await signUp(page);
  await setUp(page);
  await page.getByRole("button", { name: "Start the audit" }).click();
  await expect(page.getByRole("button", { name: "Download report" })).toBeVisible({ timeout: 120_000 });

  const words = page.getByRole("region", { name: "The diagnosis in words" });
  await expect(words.getByText(/The ROC AUC is 0\.\d{3}\./).first()).toBeVisible();
  await expect(words.getByText("99.9 %")).toHaveCount(0);
  await expect(words.getByText(/rejected/).first()).toBeVisible();
  await expect(words.getByText(/scripted/).first()).toBeVisible();
  await shoot(page, "words");

  await page.getByRole("tab", { name: "Questions" }).click();
  const panel = page.getByRole("tabpanel");
  await panel
    .getByRole("textbox", { name: "Your question" })
    .fill("How good is it where age_in_years >= 40?");
  await page.keyboard.press("Enter");
  const cohort = panel.getByRole("article", { name: /age_in_years/ });
  await expect(cohort.getByText(/rows fulfil the condition/)).toBeVisible({ timeout: 60_000 });
  await expect(cohort.getByText("Answered by rules from the results")).toBeVisible();
  await panel.getByRole("textbox", { name: "Your question" }).fill("Write me a poem");
  await page.keyboard.press("Enter");
  await expect(panel.getByText("Only questions about this audit are answered here.").first()).toBeVisible({
    timeout: 60_000,
  });
  await shoot(page, "questions");
});
