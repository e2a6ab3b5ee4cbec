import { screen } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import type { ComponentType } from "react";
import * as v from "valibot";
import { describe, expect, it } from "vitest";

import { Finding } from "@/api/result";
import { numbers, type Numbers } from "@/charts/numbers";
import { expectAccessible, renderWith } from "@/testing/render";

import type { StageProps } from "./props";

/** `fixture.json`: the German credit example, audited by the engine's tests. */
interface Fixture {
  record: { report?: unknown };
  findings: unknown[];
}

const GERMAN = { task: "binary" as const, classes: ["0", "1"], positive: "1" };

interface StageTest<Schema extends v.GenericSchema> {
  id: string;
  schema: Schema;
  Stage: ComponentType<StageProps<v.InferOutput<Schema>>>;
  fixture: Fixture;
  /** Fewest figures of a case. */
  figures: number;
  /** Numbers of the report as they must stand on the page or in a table. */
  shown: (report: v.InferOutput<Schema>, numbers: Numbers) => string[];
}

/** axe looks at every mark of a whole stage. */
const PATIENCE_MS = 30_000;

const en = numbers("en", {
  to: (low, high) => `${low} to ${high}`,
  notEnough: (n) => `not enough data (n = ${n})`,
  points: (value) => `${value} points`,
});

/** Holds a stage's view to the bytes that the engine wrote. */
export function describeStage<Schema extends v.GenericSchema>(test: StageTest<Schema>) {
  const { id, schema, Stage, figures, shown } = test;
  const { findings, record } = test.fixture;
  const json = record.report;

  describe(`${id} of German credit`, () => {
    const view = () => (
      <Stage
        report={v.parse(schema, json)}
        findings={findings.map((f) => v.parse(Finding, f))}
        context={GERMAN}
      />
    );

    it("has the form that the view expects", () => {
      const parsed = v.safeParse(schema, json);
      expect(parsed.issues?.map((i) => `${v.getDotPath(i)}: ${i.message}`)).toBeUndefined();
      for (const finding of findings) expect(v.safeParse(Finding, finding).issues).toBeUndefined();
    });

    it.each(["en", "es"] as const)(
      "is drawn in words without a violation (%s)",
      async (language) => {
        const { container } = await renderWith(view(), language);
        expect(screen.queryAllByRole("figure").length).toBeGreaterThanOrEqual(figures);
        expect(container.textContent).not.toMatch(/NaN|undefined|\[object|\{\{/);
        expect(keysIn(container, JSON.stringify(json))).toEqual([]);
        await expectAccessible(container);
      },
      PATIENCE_MS,
    );

    it(
      "shows the fixture's numbers, each chart with its table",
      async () => {
        const user = userEvent.setup();
        const { container } = await renderWith(view());
        const buttons = screen.queryAllByRole("button", { name: "Show as table" });
        for (const button of buttons) await user.click(button);
        const tables = screen.queryAllByRole("table").filter((t) => t.closest("figure"));
        expect(tables).toHaveLength(buttons.length);
        for (const table of tables) expect(table.querySelectorAll("tbody tr").length).toBeGreaterThan(0);
        const text = container.textContent ?? "";
        expect(shown(v.parse(schema, json), en).filter((words) => !text.includes(words))).toEqual([]);
        await expectAccessible(container);
      },
      PATIENCE_MS,
    );
  });
}

/** Words that are a key of the catalogue: what stands on the page when there is no translation. */
function keysIn(container: Element, data: string): string[] {
  const walker = document.createTreeWalker(container, NodeFilter.SHOW_TEXT);
  const found: string[] = [];
  while (walker.nextNode()) {
    const text = walker.currentNode.textContent ?? "";
    if (/^[a-zA-Z]+(\.[\w-]+)+$/.test(text) && !data.includes(text)) found.push(text);
  }
  return found;
}
