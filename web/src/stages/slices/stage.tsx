import { useState } from "react";

import type { Predicate } from "@/api/types";
import { EstimatePlot } from "@/charts/estimates";
import { GridMap } from "@/charts/grid-map";
import { type Fact, Headline, Pair, Part } from "@/charts/headline";
import { LongBars } from "@/charts/long-bars";
import { digitsOf, type Unit } from "@/charts/numbers";
import { useNumbers } from "@/charts/use-numbers";
import { addWords, useWords } from "@/charts/words";
import { binWords, sliceWords } from "@/features/results/slice-words";
import { useCatalogue } from "@/i18n/useCatalogue";
import { Select } from "@/ui/Select";

import type { StageProps } from "../props";
import { SamplingNote } from "../sampling";
import { ConfidencePart } from "./confidence";
import en from "./en.json";
import es from "./es.json";
import type { Slice, SlicesReport } from "./report";

const NAMESPACE = addWords("stage-slices", { en, es });

/** The unit of a loss, and of a difference of two. */
const unitsOf = (report: SlicesReport): [Unit, Unit] =>
  report.loss === "error" ? ["share", "points"] : ["number", "number"];

export default function SlicesStage({ report }: StageProps<SlicesReport>) {
  const say = useWords(NAMESPACE);
  const numbers = useNumbers();
  return (
    <>
      <Facts report={report} />
      <SamplingNote sampling={report.sampling} />
      <Part
        title={say("weak.title")}
        note={say("weak.intro", {
          found: numbers.count(report.discovery_rows),
          tested: numbers.count(report.confirmation_rows),
        })}
      >
        <Weak report={report} />
      </Part>
      <Part title={say("where.title")}>
        <Pair>
          {report.profiles.length > 0 && <ProfilePart report={report} />}
          {report.maps.length > 0 && <MapPart report={report} />}
        </Pair>
      </Part>
      <Part title={say("tree.title")}>
        <ErrorTree report={report} />
      </Part>
      {report.confidence.length > 0 && (
        <Part title={say("confidence.title")} note={say("confidence.intro")}>
          <ConfidencePart confidence={report.confidence} namespace={NAMESPACE} />
        </Part>
      )}
      {report.left_out.length > 0 && (
        <p className="max-w-[75ch] text-sm text-ink-muted">
          {say("leftOut", { names: report.left_out.join(", ") })}
        </p>
      )}
    </>
  );
}

function Facts({ report }: { report: SlicesReport }) {
  const say = useWords(NAMESPACE);
  const numbers = useNumbers();
  const [unit] = unitsOf(report);
  const e = report.mean_loss;
  const confirmed = report.slices.filter((s) => s.confirmed);
  const rows = numbers.format(Math.max(0, ...confirmed.map((s) => s.share)), "share", 1);
  const facts: Fact[] = [
    {
      label: say(`losses.${report.loss}`),
      value:
        e.value === null ? numbers.estimate(e, unit) : numbers.format(e.value, unit, digitsOf([e], unit)),
      note: numbers.interval(e, unit),
    },
    {
      label: say("confirmed"),
      value: numbers.count(confirmed.length),
      note: confirmed.length > 0 ? say("largest", { share: rows }) : say("noneConfirmed"),
    },
    {
      label: say("tested"),
      value: numbers.count(report.slices.length),
      note: say("testedNote", { n: numbers.count(report.confirmation_rows) }),
    },
    {
      label: say("counted"),
      value: numbers.count(report.counted),
      note: say("countedNote", { features: report.features.length, support: numbers.count(report.support) }),
    },
  ];
  return <Headline facts={facts} />;
}

/** The slices that were put to the test, by their excess loss. */
function Weak({ report }: { report: SlicesReport }) {
  const say = useWords(NAMESPACE);
  const numbers = useNumbers();
  const catalogue = useCatalogue();
  const [unit, difference] = unitsOf(report);
  const name = (s: { predicates: Predicate[] }) => sliceWords(s.predicates, numbers, catalogue);
  const [worst] = report.slices;
  if (!worst) return <p className="text-base font-medium">{say("weak.none")}</p>;
  const extra = (s: Slice) => [
    numbers.estimate(s.loss, unit),
    numbers.format(s.rest, unit, digitsOf([s.loss], unit)),
    numbers.estimate(s.relative, "share", 0),
    numbers.format(s.q, "p"),
    numbers.format(s.impact, "number", 1),
    numbers.count(s.n),
    numbers.format(s.share, "share", 1),
    numbers.format(s.score, "ratio"),
  ];
  return (
    <LongBars
      caption={say(worst.confirmed ? "weak.caption" : "weak.open", {
        slice: name(worst),
        loss: numbers.estimate(worst.loss, unit),
        rest: numbers.format(worst.rest, unit, digitsOf([worst.loss], unit)),
        impact: numbers.format(worst.impact, "number", 0),
      })}
      note={say("weak.note")}
      computed={say("weak.computed")}
      rows={report.slices.map((s) => ({
        label: name(s),
        estimate: s.excess,
        marked: s.confirmed,
        extra: extra(s),
      }))}
      first={12}
      extra={["loss", "rest", "relative", "q", "impact", "rows", "share", "score"].map((id) =>
        say(`weak.${id}`),
      )}
      markedLabel={say("weak.confirmed")}
      unit={difference}
      rowTitle={say("slice")}
      valueTitle={say(report.loss === "error" ? "weak.errors" : "weak.value")}
    />
  );
}

/** Losses by the values of one feature. */
function ProfilePart({ report }: { report: SlicesReport }) {
  const say = useWords(NAMESPACE);
  const numbers = useNumbers();
  const catalogue = useCatalogue();
  const [unit] = unitsOf(report);
  const [chosen, setChosen] = useState(report.profiles[0]?.feature ?? "");
  const profile = report.profiles.find((p) => p.feature === chosen) ?? report.profiles[0];
  if (!profile) return null;
  const known = profile.bins.filter((b) => b.loss.value !== null);
  const worst = known.toSorted((a, b) => (b.loss.value ?? 0) - (a.loss.value ?? 0))[0];
  return (
    <div className="flex flex-col gap-3">
      <Select
        label={say("where.feature")}
        className="max-w-64"
        size="sm"
        options={report.profiles.map((p) => ({ id: p.feature, label: p.feature }))}
        value={profile.feature}
        onChange={setChosen}
      />
      <EstimatePlot
        mark="dot"
        caption={
          worst
            ? say("where.caption", {
                slice: sliceWords([worst.predicate], numbers, catalogue),
                loss: numbers.estimate(worst.loss, unit),
              })
            : say("where.few")
        }
        note={say("where.explained", { share: numbers.format(Math.max(0, profile.explained), "share", 1) })}
        computed={say("where.computed")}
        rows={profile.bins.map((b) => ({
          label: binWords(b.predicate, numbers, catalogue),
          estimates: [b.loss],
          marked: b === worst,
        }))}
        first={20}
        unit={unit}
        rowTitle={profile.feature}
        valueTitle={say(`losses.${report.loss}`)}
        limits={report.mean_loss.value === null ? [] : [{ kind: "reference", value: report.mean_loss.value }]}
      />
    </div>
  );
}

/** Losses by the values of two features. */
function MapPart({ report }: { report: SlicesReport }) {
  const say = useWords(NAMESPACE);
  const numbers = useNumbers();
  const catalogue = useCatalogue();
  const [unit] = unitsOf(report);
  const [chosen, setChosen] = useState("0");
  const map = report.maps[Number(chosen)] ?? report.maps[0];
  if (!map) return null;
  const cells = map.cells.flatMap((line, i) => line.map((loss, j) => ({ loss, i, j })));
  const worst = cells
    .filter((c) => c.loss.value !== null)
    .toSorted((a, b) => (b.loss.value ?? 0) - (a.loss.value ?? 0))[0];
  const both = worst ? [map.rows[worst.i], map.columns[worst.j]].flatMap((p) => (p ? [p] : [])) : [];
  return (
    <div className="flex flex-col gap-3">
      <Select
        label={say("map.features")}
        className="max-w-64"
        size="sm"
        options={report.maps.map((m, i) => ({ id: String(i), label: m.features.join(" × ") }))}
        value={chosen}
        onChange={setChosen}
      />
      <GridMap
        caption={
          worst
            ? say("map.caption", {
                slice: sliceWords(both, numbers, catalogue),
                loss: numbers.estimate(worst.loss, unit),
              })
            : say("where.few")
        }
        note={say("where.explained", { share: numbers.format(Math.max(0, map.explained), "share", 1) })}
        computed={say("where.computed")}
        rows={map.rows.map((p) => binWords(p, numbers, catalogue))}
        columns={map.columns.map((p) => binWords(p, numbers, catalogue))}
        cells={map.cells}
        unit={unit}
        rowTitle={map.features[0]}
        columnTitle={map.features[1]}
        valueTitle={say(`losses.${report.loss}`)}
      />
    </div>
  );
}

/** The leaves of the small tree that tells the losses apart. */
function ErrorTree({ report }: { report: SlicesReport }) {
  const say = useWords(NAMESPACE);
  const numbers = useNumbers();
  const catalogue = useCatalogue();
  const [unit] = unitsOf(report);
  const leaves = report.tree
    .filter((n) => n.leaf)
    .toSorted((a, b) => (b.loss.value ?? -1) - (a.loss.value ?? -1));
  const name = (n: (typeof leaves)[number]) =>
    sliceWords(n.predicates, numbers, catalogue) || say("tree.all");
  const [worst] = leaves;
  return (
    <LongBars
      caption={
        worst && leaves.length > 1
          ? say("tree.caption", { slice: name(worst), loss: numbers.estimate(worst.loss, unit) })
          : say("tree.one")
      }
      computed={say("tree.computed")}
      rows={leaves.map((n) => ({
        label: name(n),
        estimate: n.loss,
        extra: [
          numbers.format(n.share, "share", 1),
          numbers.format(n.discovery_loss, unit, digitsOf([n.loss], unit)),
          numbers.count(n.discovery_rows),
        ],
      }))}
      extra={[say("weak.share"), say("tree.discovery"), say("tree.discoveryRows")]}
      unit={unit}
      rowTitle={say("tree.leaf")}
      valueTitle={say(`losses.${report.loss}`)}
      limits={report.mean_loss.value === null ? [] : [{ kind: "reference", value: report.mean_loss.value }]}
    />
  );
}
