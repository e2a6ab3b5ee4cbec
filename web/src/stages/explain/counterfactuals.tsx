import { useNumbers } from "@/charts/use-numbers";
import { useWords } from "@/charts/words";

import type { Answer } from "./report";

interface CounterfactualsProps {
  answer: Answer;
  immutable: string[];
  namespace: string;
}

/** The smallest plausible changes that change the answer, a card each. */
export function Counterfactuals({ answer, immutable, namespace }: CounterfactualsProps) {
  const say = useWords(namespace);
  const numbers = useNumbers();
  const outcome = (o: Answer["start"]) =>
    o.label === undefined
      ? numbers.format(o.score, "number")
      : say("counterfactual.outcome", { label: o.label, score: numbers.format(o.score, "number", 3) });
  const notes = [
    say("counterfactual.queries", { n: numbers.count(answer.queries) }),
    answer.complete ? "" : say("counterfactual.incomplete"),
    immutable.length > 0 ? say("counterfactual.fixed", { names: immutable.join(", ") }) : "",
  ];
  return (
    <section className="flex min-w-0 flex-col gap-2">
      <h4 className="text-base font-medium">{say("counterfactual.title")}</h4>
      <p className="max-w-[75ch] text-sm text-ink-muted">
        {answer.found.length > 0
          ? say("counterfactual.intro", { start: outcome(answer.start) })
          : say(`counterfactual.reasons.${answer.reason ?? "nothing-found"}`)}
      </p>
      {answer.found.length > 0 && (
        <ul className="grid min-w-0 gap-3 @2xl:grid-cols-3">
          {answer.found.map((c) => (
            <li
              key={c.changes.map((change) => change.feature).join(" ")}
              className="flex min-w-0 flex-col gap-2 rounded-lg border border-line px-3.5 py-2.5"
            >
              <dl className="num flex flex-col gap-1.5 text-sm">
                {c.changes.map((change) => (
                  <div key={change.feature} className="min-w-0">
                    <dt className="break-words text-ink-muted">{change.feature}</dt>
                    <dd className="font-medium break-words">
                      {say("counterfactual.change", {
                        from: change.from ?? say("counterfactual.missing"),
                        to: change.to,
                      })}
                    </dd>
                  </div>
                ))}
              </dl>
              <p className="num mt-auto border-t border-line pt-2 text-xs text-ink-muted">
                {say("counterfactual.result", { outcome: outcome(c.outcome) })}{" "}
                {say("counterfactual.distance", { distance: numbers.format(c.distance, "ratio") })}
              </p>
            </li>
          ))}
        </ul>
      )}
      <p className="max-w-[80ch] text-xs text-ink-faint">{notes.filter(Boolean).join(" ")}</p>
    </section>
  );
}
