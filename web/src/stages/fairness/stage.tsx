import { useState } from "react";

import type { Estimate, Finding } from "@/api/types";
import { type Fact, Headline, Part } from "@/charts/headline";
import type { Unit } from "@/charts/numbers";
import { useNumbers } from "@/charts/use-numbers";
import { addWords, useWords } from "@/charts/words";
import { Select } from "@/ui/Select";

import type { StageProps } from "../props";
import { Counts } from "./counts";
import en from "./en.json";
import es from "./es.json";
import { Forest, Gaps } from "./gaps";
import { Rates } from "./rates";
import type { AttributeFairness, FairnessReport } from "./report";

const NAMESPACE = addWords("stage-fairness", { en, es });

export default function FairnessStage({ report, findings }: StageProps<FairnessReport>) {
  const say = useWords(NAMESPACE);
  const [name, setName] = useState(report.attributes[0]?.attribute ?? "");
  const attribute = report.attributes.find((a) => a.attribute === name) ?? report.attributes[0];
  if (!attribute) return null;
  return (
    <>
      {report.attributes.length > 1 && (
        <Select
          label={say("attribute")}
          className="max-w-72"
          options={report.attributes.map((a) => ({ id: a.attribute, label: a.attribute }))}
          value={attribute.attribute}
          onChange={setName}
        />
      )}
      <AttributeView {...{ attribute, findings }} positive={report.positive} />
    </>
  );
}

interface AttributeViewProps {
  attribute: AttributeFairness;
  findings: Finding[];
  positive: string;
}

function AttributeView({ attribute, findings, positive }: AttributeViewProps) {
  const say = useWords(NAMESPACE);
  const remarks = useRemarks(attribute);
  const view = { attribute, findings, namespace: NAMESPACE };
  return (
    <>
      <Facts attribute={attribute} positive={positive} />
      <Part title={say("rates.title")} note={remarks}>
        <Rates {...view} />
      </Part>
      <Part title={say("gaps.title")}>
        <Gaps {...view} />
      </Part>
      {attribute.comparisons.length > 0 && (
        <Part title={say("forest.title", { reference: attribute.reference })}>
          <Forest {...view} />
        </Part>
      )}
      <Part title={say("counts.title")}>
        <Counts {...view} />
      </Part>
    </>
  );
}

function Facts({ attribute, positive }: { attribute: AttributeFairness; positive: string }) {
  const say = useWords(NAMESPACE);
  const numbers = useNumbers();
  const fact = (label: string, id: string, unit: Unit): Fact[] => {
    const e: Estimate | undefined = attribute.gaps.find((g) => g.id === id)?.estimate;
    if (!e) return [];
    return [
      {
        label,
        value: e.value === null ? numbers.estimate(e, unit) : numbers.format(e.value, unit),
        note: e.low === null ? undefined : numbers.interval(e, unit),
      },
    ];
  };
  return (
    <Headline
      facts={[
        ...fact(say("selectionDifference"), "demographic_parity_diff", "points"),
        ...fact(say("selectionRatio"), "disparate_impact", "ratio"),
        ...fact(say("tprDifference"), "equal_opportunity_diff", "points"),
        ...fact(say("fprDifference"), "predictive_equality_diff", "points"),
        { label: say("favourable"), value: positive },
      ]}
    />
  );
}

function useRemarks(attribute: AttributeFairness): string {
  const say = useWords(NAMESPACE);
  const numbers = useNumbers();
  return [
    say("reference", { reference: attribute.reference }),
    attribute.unknown > 0
      ? say("unknown", { count: attribute.unknown, n: numbers.count(attribute.unknown) })
      : "",
    attribute.edges.length > 0
      ? say("edges", { edges: attribute.edges.map((e) => numbers.format(e, "number")).join(" · ") })
      : "",
  ]
    .filter(Boolean)
    .join(" ");
}
