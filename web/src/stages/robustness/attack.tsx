import type { Estimate } from "@/api/types";
import { EstimatePlot } from "@/charts/estimates";
import { Pair } from "@/charts/headline";
import { LineChart } from "@/charts/lines";
import { useNumbers } from "@/charts/use-numbers";
import { useWords } from "@/charts/words";
import { useCatalogue } from "@/i18n/useCatalogue";

import type { Adversarial, Numbers, RobustnessReport } from "./report";

const FIRST = 12;

interface AttackProps {
  report: RobustnessReport;
  namespace: string;
}

/** Small changes that turn decisions: found from above, ruled out from below. */
export function AttackPart({ report, namespace }: AttackProps) {
  const say = useWords(namespace);
  const { say: word } = useCatalogue();
  const attack = report.adversarial;
  const none = (reason: string) => (
    <p className="max-w-[60ch] text-base font-medium">
      {say("attack.none", { reason: word(`reasons.${reason}`) })}
    </p>
  );
  if (!attack) return none(report.adversarial_reason ?? "not-selected");
  return (
    <>
      <Pair>
        {attack.numbers ? (
          <Radii attack={attack} numbers={attack.numbers} namespace={namespace} />
        ) : (
          none(attack.numbers_reason ?? "no-number")
        )}
        <Few attack={attack} namespace={namespace} />
      </Pair>
      <Held attack={attack} namespace={namespace} />
    </>
  );
}

/** The share that stands lies between two curves: what is proven, and what no change found turns. */
function Radii({
  attack,
  numbers: n,
  namespace,
}: {
  attack: Adversarial;
  numbers: Numbers;
  namespace: string;
}) {
  const say = useWords(namespace);
  const numbers = useNumbers();
  const { say: word } = useCatalogue();
  const point = (radius: number, e: Estimate) =>
    e.value === null ? [] : [{ x: radius, y: e.value, low: e.low, high: e.high }];
  const less = (v: number | null) => (v === null ? null : 1 - v);
  const stands = (e: Estimate): Estimate => ({
    ...e,
    value: less(e.value),
    low: less(e.high),
    high: less(e.low),
  });
  const near = n.curve.toSorted((a, b) => Math.abs(a.radius - 0.1) - Math.abs(b.radius - 0.1))[0];
  const c = n.certificate;
  const notes = [
    say("attack.method", {
      method: word(`attacks.${n.method}`, { queries: numbers.count(n.queries) }),
    }),
    n.median === null
      ? say("attack.noMedian")
      : say("attack.median", { median: numbers.format(n.median, "ratio", 2) }),
    c
      ? say("attack.exact", {
          exact: numbers.count(c.exact),
          rows: numbers.count(attack.rows),
          tightness: numbers.format(c.tightness, "share", 0),
        })
      : say("attack.noProof", { reason: word(`reasons.${n.certificate_reason}`) }),
  ];
  return (
    <LineChart
      caption={
        near
          ? say(near.certified ? "attack.caption" : "attack.captionFound", {
              radius: numbers.format(near.radius, "ratio", 2),
              found: numbers.format(less(near.changed.value), "share", 1),
              proven: numbers.format(near.certified?.value, "share", 1),
              rows: numbers.count(attack.rows),
            })
          : say("attack.noMedian")
      }
      note={notes.join(" ")}
      computed={say("attack.computed")}
      series={[
        {
          label: say("attack.stands"),
          points: n.curve.flatMap((p) => point(p.radius, stands(p.changed))),
        },
        ...(c
          ? [
              {
                label: say("attack.proven"),
                points: n.curve.flatMap((p) => (p.certified ? point(p.radius, p.certified) : [])),
              },
            ]
          : []),
      ]}
      xTitle={say("attack.radius")}
      yTitle={say("attack.share")}
      xUnit="ratio"
      yUnit="share"
      yDomain={[0, 1]}
      dots
    />
  );
}

/** What one feature turns alone. */
function Few({ attack, namespace }: { attack: Adversarial; namespace: string }) {
  const say = useWords(namespace);
  const numbers = useNumbers();
  const { few } = attack;
  const [worst] = few.alone;
  if (!worst) return <p className="text-base font-medium">{say("few.none")}</p>;
  const steps = few.turned.map((e, i) =>
    say("few.step", { most: i + 1, share: numbers.format(e.value, "share", 1) }),
  );
  return (
    <EstimatePlot
      mark="bar"
      caption={say("few.caption", {
        feature: worst.feature,
        share: numbers.estimate(worst.turned, "share"),
      })}
      note={say("few.note", { steps: steps.join("; ") })}
      computed={say("few.computed", { queries: numbers.count(few.queries) })}
      first={FIRST}
      rows={few.alone.map((f) => ({ label: f.feature, estimates: [f.turned] }))}
      unit="share"
      rowTitle={say("features.feature")}
      valueTitle={say("few.value")}
    />
  );
}

function Held({ attack, namespace }: { attack: Adversarial; namespace: string }) {
  const say = useWords(namespace);
  if (attack.held.length === 0) return null;
  const reasons = [...new Set(attack.held.map((h) => h.reason))];
  const of = (reason: string) => attack.held.filter((h) => h.reason === reason).map((h) => h.feature);
  return (
    <p className="max-w-[75ch] text-sm text-ink-muted">
      {say("attack.held")}{" "}
      {reasons.map((reason) => say(`held.${reason}`, { features: of(reason).join(", ") })).join("; ")}.
    </p>
  );
}
