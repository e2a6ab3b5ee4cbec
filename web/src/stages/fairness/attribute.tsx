import type { Estimate, Finding } from "@/api/types";
import { type Fact, Headline, Part } from "@/charts/headline";
import type { Unit } from "@/charts/numbers";
import { useNumbers } from "@/charts/use-numbers";
import { useWords } from "@/charts/words";

import { Counts } from "./counts";
import { Forest, Gaps } from "./gaps";
import { Rates } from "./rates";
import { useRemarks } from "./remarks";
import type { AttributeFairness } from "./report";

interface AttributeViewProps {
  attribute: AttributeFairness;
  findings: Finding[];
  positive: string;
  namespace: string;
}

/** Decisions and errors of a two-class model by the groups of one attribute or intersection. */
export function AttributeView({ attribute, findings, positive, namespace }: AttributeViewProps) {
  const say = useWords(namespace);
  const remarks = useRemarks(attribute, namespace);
  const view = { attribute, findings, namespace };
  return (
    <>
      <Facts {...{ attribute, positive, namespace }} />
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

function Facts({ attribute, positive, namespace }: Omit<AttributeViewProps, "findings">) {
  const say = useWords(namespace);
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
