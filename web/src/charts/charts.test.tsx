import { screen, within } from "@testing-library/react";
import { userEvent } from "@testing-library/user-event";
import type { ReactElement } from "react";
import { describe, expect, it } from "vitest";

import type { Estimate } from "@/api/types";
import { expectAccessible, renderWith } from "@/testing/render";

import { Beeswarm } from "./beeswarm";
import { ConfusionMatrix } from "./confusion";
import { EstimatePlot } from "./estimates";
import { AssociationHeatmap } from "./heatmap";
import { Distributions, HistogramChart } from "./histogram";
import { LineChart } from "./lines";
import { ReliabilityDiagram } from "./reliability";
import { steps, Waterfall } from "./waterfall";

const e = (value: number | null, half = 0.02, n = 400): Estimate => ({
  value,
  low: value === null ? null : value - half,
  high: value === null ? null : value + half,
  n,
  method: value === null ? "none" : "wilson",
});
const caption = "Approval for women is 0.62 of that for men; limit 0.80.";
const computed = "How it was made.";

const charts: [string, ReactElement, string][] = [
  [
    "bars with intervals and limits",
    <EstimatePlot
      key="bars"
      {...{ caption, computed }}
      mark="bar"
      rows={[
        { label: "age", estimates: [e(0.31)] },
        { label: "sex", estimates: [e(null, 0, 11)], marked: true },
      ]}
      unit="share"
      rowTitle="Feature"
      valueTitle="Share"
      markedLabel="protected"
      limits={[{ kind: "limit", value: 0.2 }]}
    />,
    "31.0%",
  ],
  [
    "several series of intervals",
    <EstimatePlot
      key="dots"
      {...{ caption, computed }}
      mark="dot"
      rows={[{ label: "women", estimates: [e(0.31), e(0.44)], extra: ["0.01"] }]}
      series={["selected", "found"]}
      extra={["p"]}
      unit="share"
      rowTitle="Group"
      valueTitle="Rate"
      limits={[{ kind: "watch", value: 0.05, mirrored: true }]}
    />,
    "42.0% to 46.0%",
  ],
  [
    "curve with a band",
    <LineChart
      key="line"
      {...{ caption, computed }}
      series={[
        {
          label: "gaussian",
          points: [
            { x: 0.01, y: 0.2, low: 0.1, high: 0.3 },
            { x: 0.1, y: 0.4, low: 0.3, high: 0.5 },
          ],
        },
        {
          label: "quantile",
          points: [
            { x: 0.01, y: 0.1 },
            { x: 0.1, y: 0.2 },
          ],
        },
      ]}
      xTitle="Noise"
      yTitle="Flips"
      xUnit="share"
      yUnit="share"
      limits={[{ kind: "limit", value: 0.3 }]}
      cursor={{ at: 0.05, label: "chosen" }}
      diagonal="chance"
      dots
    />,
    "30.0% to 50.0%",
  ],
  [
    "histogram",
    <HistogramChart
      key="histogram"
      {...{ caption, computed }}
      histogram={{ edges: [0, 10, 20], counts: [1200, 34] }}
      xTitle="Age"
    />,
    "1,200",
  ],
  [
    "distributions of columns",
    <Distributions
      key="panels"
      {...{ caption, computed }}
      panels={[
        { title: "age", note: "2 distinct", bins: { edges: [0, 10, 20], counts: [12, 34] } },
        {
          title: "sex",
          note: "2 distinct",
          categories: [
            ["Male", 21],
            ["Female", 25],
          ],
        },
      ]}
    />,
    "Female",
  ],
  [
    "heat map",
    <AssociationHeatmap
      key="heat"
      {...{ caption, computed }}
      names={["age", "sex", "pay"]}
      values={[
        [1, 0.2, -0.7],
        [0.2, 1, null],
        [-0.7, null, 1],
      ]}
    />,
    "-0.70",
  ],
  [
    "confusion matrix",
    <ConfusionMatrix
      key="confusion"
      {...{ caption, computed }}
      classes={["no", "yes"]}
      counts={[
        [90, 10],
        [5, 15],
      ]}
    />,
    "75.0%",
  ],
  [
    "reliability",
    <ReliabilityDiagram
      key="reliability"
      {...{ caption, computed }}
      curve={[
        [0, 0, 0, 0.1],
        [0.5, 0.6, 0.4, 0.6],
        [1, 1, 0.9, 1],
      ]}
      bins={[
        { n: 50, predicted: 0.2, observed: e(0.25) },
        { n: 50, predicted: 0.8, observed: e(null, 0, 4) },
      ]}
    />,
    "25.0%",
  ],
  [
    "beeswarm",
    <Beeswarm
      key="swarm"
      {...{ caption, computed }}
      swarms={[
        {
          label: "age",
          points: [
            [0, -0.5],
            [1, 0.25],
            [null, 0.1],
            [0.5, null],
          ],
        },
      ]}
      valueTitle="SHAP"
    />,
    "-0.500",
  ],
  [
    "waterfall",
    <Waterfall
      key="waterfall"
      {...{ caption, computed }}
      base={-1}
      prediction={0.5}
      contributions={[
        ["age", "39", 1.75],
        ["sex", "Male", -0.25],
      ]}
      valueTitle="Margin"
    />,
    "+1.75",
  ],
];

describe.each(charts)("%s", (_, chart, inTable) => {
  it("is a figure named by its caption, without a violation, in both languages", async () => {
    const { container, unmount } = await renderWith(chart);
    expect(screen.getByRole("figure")).toHaveAccessibleName(caption);
    expect(screen.getByRole("img", { name: caption })).toBeVisible();
    await expectAccessible(container);
    unmount();
    const spanish = await renderWith(chart, "es");
    expect(screen.getByRole("button", { name: "Ver como tabla" })).toBeVisible();
    await expectAccessible(spanish.container);
  });

  it("has one tab stop whose words are rows of the table", async () => {
    const user = userEvent.setup();
    const { container } = await renderWith(chart);
    const cursor = screen.getByRole("slider");
    const stops = container.querySelectorAll("svg [tabindex], [role=slider]");
    expect(stops).toHaveLength(1);
    await user.click(screen.getByRole("button", { name: "Show as table" }));
    const table = screen.getByRole("table");
    expect(within(table).getAllByText(inTable, { exact: false }).length).toBeGreaterThan(0);
    const rows = within(table)
      .getAllByRole("row")
      .map((row) => [...row.children].map((cell) => cell.textContent));
    const [titles = [], ...body] = rows;
    const spoken = body.map((cells) => cells.map((cell, i) => `${titles[i]}: ${cell}`).join("; "));
    const count = Number(cursor.getAttribute("aria-valuemax"));
    cursor.focus();
    await user.keyboard("{Home}");
    for (let i = 0; i < count; i++) {
      expect(spoken).toContain(cursor.getAttribute("aria-valuetext"));
      await user.keyboard("{ArrowRight}");
    }
    expect(cursor).toHaveAttribute("aria-valuenow", String(count));
    await expectAccessible(container);
  });
});

it("says how the numbers were made on request", async () => {
  const user = userEvent.setup();
  await renderWith(charts[0]![1]);
  const button = screen.getByRole("button", { name: "How this is computed" });
  expect(screen.queryByText(computed)).toBeNull();
  await user.click(button);
  expect(screen.getByText(computed)).toBeVisible();
  expect(button).toHaveAttribute("aria-expanded", "true");
});

it("writes that there is not enough data where a mark would be", async () => {
  await renderWith(charts[0]![1]);
  expect(screen.getByText("not enough data (n = 11)")).toBeInTheDocument();
});

it("adds the small contributions of a waterfall up to the prediction", () => {
  const many = Array.from({ length: 20 }, (_, i): [string, string, number] => [`f${i}`, "1", 0.5 ** i]);
  const runs = steps(-2, many, 0, (n) => `${n} others`);
  expect(runs).toHaveLength(11);
  expect(runs.at(-1)?.label).toBe("10 others");
  expect(runs.at(-1)?.to).toBeCloseTo(-2 + many.reduce((sum, [, , phi]) => sum + phi, 0), 12);
});
