import { screen } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import * as v from "valibot";
import { describe, expect, it } from "vitest";

import { Finding } from "@/api/result";
import { expectAccessible, renderWith } from "@/testing/render";

import { describeStage } from "../describe-stage";
import classes from "./fixture-classes.json";
import crossed from "./fixture-crossed.json";
import numbers from "./fixture-numbers.json";
import fixture from "./fixture.json";
import { FairnessReport } from "./report";
import FairnessStage from "./stage";

describeStage({
  id: "fairness",
  schema: FairnessReport,
  Stage: FairnessStage,
  fixture,
  figures: 3,
  shown: (r, n) => [
    r.positive,
    ...(r.attributes[0]?.groups.flatMap((g) => [
      g.group,
      n.count(g.n),
      ...g.counts.map((count) => n.count(count)),
      ...(g.selection_rate.value === null
        ? [n.estimate(g.selection_rate, "share")]
        : [n.format(g.selection_rate.value, "share", 1)]),
    ]) ?? []),
    ...(r.attributes[0]?.gaps.flatMap((g) => (g.p_adjusted === null ? [] : n.format(g.p_adjusted, "p"))) ??
      []),
  ],
});

describeStage({
  id: "fairness",
  schema: FairnessReport,
  Stage: FairnessStage,
  fixture: classes,
  figures: 6,
  shown: (r, n) => [
    ...(r.labels[0]?.labels ?? []),
    ...(r.labels[0]?.groups.flatMap((g) => [g.group, n.count(g.n)]) ?? []),
    ...(r.labels[0]?.given.flatMap((c) =>
      c.gap.p_adjusted === null ? [] : n.format(c.gap.p_adjusted, "p"),
    ) ?? []),
  ],
});

describeStage({
  id: "fairness",
  schema: FairnessReport,
  Stage: FairnessStage,
  fixture: numbers,
  figures: 5,
  shown: (r, n) => [
    ...(r.values[0]?.groups.flatMap((g) => [
      g.group,
      n.count(g.n),
      ...g.quantiles.map((q) => n.format(q, "number")),
    ]) ?? []),
    ...(r.values[0]?.gaps.flatMap((g) => (g.p_adjusted === null ? [] : n.format(g.p_adjusted, "p"))) ?? []),
  ],
});

/** axe looks at every mark of every view. */
const PATIENCE_MS = 60_000;

describe("views of fairness", () => {
  const report = v.parse(FairnessReport, crossed.record.report);
  const findings = crossed.findings.map((f) => v.parse(Finding, f));
  const context = { task: "binary" as const, classes: ["0", "1"], positive: "1" };

  it.each(["en", "es"] as const)(
    "are all drawn in words without a violation (%s)",
    async (language) => {
      const user = userEvent.setup();
      const { container } = await renderWith(
        <FairnessStage report={report} findings={findings} context={context} />,
        language,
      );
      const tabs = screen.getAllByRole("tab");
      expect(tabs).toHaveLength(6);
      for (const tab of tabs) {
        await user.click(tab);
        expect(screen.queryAllByRole("figure").length).toBeGreaterThanOrEqual(1);
        expect(container.textContent).not.toMatch(/NaN|undefined|\[object|\{\{/);
        expect(container.textContent).not.toMatch(/(?:reasons|metrics|methods|remedies|views)\.[a-z]/);
        await expectAccessible(container);
      }
    },
    PATIENCE_MS,
  );

  it("say what was left out, what stands for an attribute, and that a remedy can be unlawful", async () => {
    const user = userEvent.setup();
    const { container } = await renderWith(
      <FairnessStage report={report} findings={findings} context={context} />,
    );
    const open = async (name: string) => {
      await user.click(screen.getByRole("tab", { name }));
      return container.textContent ?? "";
    };
    const [left] = report.left_out;
    expect(await open("Intersections")).toContain(`${left?.attribute} is not compared`);
    expect(await open("Proxies")).toContain(report.proxies[0]?.features[0]?.feature);
    expect(await open("Strata")).toContain("housing");
    expect(await open("Individuals")).toContain("a seeded sample");
    expect(await open("Remedies")).toContain("can be unlawful");
  });

  it("read a report of the version before them", async () => {
    const { positive, attributes } = v.parse(FairnessReport, fixture.record.report);
    const earlier = (a: (typeof attributes)[number]) =>
      Object.fromEntries(Object.entries(a).filter(([key]) => key !== "of" && key !== "proxy_flip_rate"));
    const old = { positive, attributes: attributes.map(earlier) };
    const { container } = await renderWith(
      <FairnessStage report={old as unknown as FairnessReport} findings={[]} context={context} />,
    );
    expect(screen.queryAllByRole("tab")).toHaveLength(2);
    expect(container.textContent).toContain(attributes[0]?.attribute);
  });
});
