import type { Estimate } from "@/api/types";
import { EstimatePlot } from "@/charts/estimates";
import { Part } from "@/charts/headline";
import type { Unit } from "@/charts/numbers";
import { useNumbers } from "@/charts/use-numbers";
import { useWords } from "@/charts/words";

import type { Consistency } from "./report";

export interface Change {
  attribute: string;
  alone: Estimate | null;
  withProxies: Estimate | null;
}

interface IndividualProps {
  consistency: Consistency | null;
  changes: Change[];
  /** Predictions are numbers, not classes. */
  numbersOf: boolean;
  namespace: string;
}

const NONE: Estimate = { value: null, low: null, high: null, n: 0, method: "none" };

/** Rows against rows that are like them, and against themselves with another value of an attribute. */
export function IndividualPart({ consistency, changes, numbersOf, namespace }: IndividualProps) {
  const say = useWords(namespace);
  return (
    <>
      {consistency && (
        <Part title={say("alike.title")} note={say("alike.intro")}>
          <Neighbours {...{ consistency, numbersOf, namespace }} />
        </Part>
      )}
      {changes.length > 0 && (
        <Part title={say("flips.title")} note={say("flips.intro")}>
          <Flips {...{ changes, numbersOf, namespace }} />
        </Part>
      )}
    </>
  );
}

function Neighbours({
  consistency: c,
  numbersOf,
  namespace,
}: Omit<IndividualProps, "changes" | "consistency"> & { consistency: Consistency }) {
  const say = useWords(namespace);
  const numbers = useNumbers();
  const unit: Unit = numbersOf ? "ratio" : "share";
  const sampled = c.looked_up < c.rows;
  const error: Unit = numbersOf ? "ratio" : "points";
  return (
    <EstimatePlot
      mark="dot"
      caption={say(numbersOf ? "alike.numbers" : "alike.caption", {
        k: numbers.count(c.neighbours),
        value: numbers.estimate(c.value, unit),
      })}
      note={[
        sampled
          ? say("alike.sampled", {
              n: numbers.count(c.looked_up),
              all: numbers.count(c.rows),
              error: numbers.format(c.sampling_error, error),
            })
          : say("alike.whole", { all: numbers.count(c.rows) }),
        say("alike.features", { n: numbers.count(c.features.length) }),
        c.left_out.length > 0 ? say("alike.leftOut", { names: c.left_out.join(", ") }) : "",
      ]
        .filter(Boolean)
        .join(" ")}
      computed={say("alike.computed")}
      rows={[
        { label: say("alike.everyone"), estimates: [c.value], marked: true },
        ...c.groups.map((g) => ({ label: `${g.attribute}: ${g.group}`, estimates: [g.value] })),
      ]}
      markedLabel={say("alike.everyone")}
      unit={unit}
      rowTitle={say("rates.group")}
      valueTitle={say("alike.value")}
    />
  );
}

function Flips({ changes, numbersOf, namespace }: Omit<IndividualProps, "consistency">) {
  const say = useWords(namespace);
  const numbers = useNumbers();
  const unit: Unit = numbersOf ? "ratio" : "share";
  const proxies = changes.some((c) => c.withProxies !== null);
  const most = (c: Change) => Math.max(c.alone?.value ?? 0, c.withProxies?.value ?? 0);
  const worst = changes.toSorted((a, b) => most(b) - most(a))[0];
  const shown =
    worst &&
    ((worst.withProxies?.value ?? -1) > (worst.alone?.value ?? -1) ? worst.withProxies : worst.alone);
  return (
    <EstimatePlot
      mark="dot"
      caption={say(numbersOf ? "flips.shift" : "flips.caption", {
        attribute: worst?.attribute ?? "",
        value: shown ? numbers.estimate(shown, unit) : "–",
      })}
      computed={say("flips.computed")}
      rows={changes.map((c) => ({
        label: c.attribute,
        estimates: proxies ? [c.alone ?? NONE, c.withProxies ?? NONE] : [c.alone ?? NONE],
      }))}
      series={proxies ? [say("flips.alone"), say("flips.withProxies")] : []}
      unit={unit}
      rowTitle={say("attribute")}
      valueTitle={say(numbersOf ? "flips.shiftValue" : "flips.value")}
      limits={[{ kind: "reference", value: 0 }]}
    />
  );
}
