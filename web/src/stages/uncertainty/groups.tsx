import type { Finding } from "@/api/types";
import { EstimatePlot } from "@/charts/estimates";
import { Pair } from "@/charts/headline";
import type { Limit } from "@/charts/marks";
import { useNumbers } from "@/charts/use-numbers";
import { useWords } from "@/charts/words";

import { limitOf } from "../props";
import type { GroupCoverage, Method } from "./report";

interface GroupsPartProps {
  method: Method;
  target: number;
  findings: Finding[];
  /** Sets of classes; intervals otherwise. */
  sets: boolean;
  namespace: string;
}

/** Who gets less than was promised, and what an equal promise would cost. */
export function GroupsPart({ method, target, findings, sets, namespace }: GroupsPartProps) {
  const say = useWords(namespace);
  const numbers = useNumbers();
  const name = (g: GroupCoverage) =>
    g.attribute === null ? say("who.class", { class: g.group }) : `${g.attribute} = ${g.group}`;
  const { groups } = method;
  const known = groups.filter((g) => g.coverage.value !== null);
  const worst = known.toSorted((a, b) => (a.coverage.value ?? 1) - (b.coverage.value ?? 1))[0];
  const costly = groups
    .filter((g) => g.own?.size.value != null && g.size.value !== null)
    .toSorted((a, b) => growth(b) - growth(a))[0];
  const limit = limitOf(findings, "UNC-GROUP-COVERAGE") ?? limitOf(findings, "UNC-CLASS-COVERAGE");
  const limits: Limit[] = [{ kind: "reference", value: target }];
  if (limit?.watch !== undefined) limits.push({ kind: "watch", value: target - limit.watch });
  if (limit?.issue !== undefined) limits.push({ kind: "limit", value: target - limit.issue });
  const series = [say("who.common"), say("who.own")];
  return (
    <Pair>
      <EstimatePlot
        mark="dot"
        caption={
          worst
            ? say("who.caption", {
                group: name(worst),
                coverage: numbers.estimate(worst.coverage, "share"),
                target: numbers.format(target, "share", 0),
              })
            : say("who.few")
        }
        computed={say("who.computed")}
        rows={groups.map((g) => ({
          label: name(g),
          estimates: [g.coverage],
          marked: g === worst && (g.shortfall.low ?? 0) > 0,
          extra: [
            numbers.format(g.p, "p"),
            numbers.format(g.share, "share", 1),
            g.own ? numbers.estimate(g.own.coverage, "share") : "–",
            g.own ? numbers.format(g.own.p, "p") : "–",
          ],
        }))}
        extra={[say("who.p"), say("who.share"), say("who.ownCoverage"), say("who.ownP")]}
        markedLabel={say("who.marked")}
        unit="share"
        rowTitle={say("who.group")}
        valueTitle={say("coverage.value")}
        limits={limits}
      />
      <EstimatePlot
        mark="dot"
        caption={
          costly
            ? say(sets ? "cost.caption" : "cost.width", {
                group: name(costly),
                from: numbers.format(costly.size.value, "number", 2),
                to: numbers.format(costly.own?.size.value, "number", 2),
              })
            : say("cost.few")
        }
        computed={say("cost.computed")}
        series={series}
        rows={groups.map((g) => ({
          label: name(g),
          estimates: [
            g.size,
            g.own?.size ?? { value: null, low: null, high: null, n: g.coverage.n, method: "none" },
          ],
        }))}
        unit="number"
        rowTitle={say("who.group")}
        valueTitle={say(sets ? "cost.value" : "width.value")}
      />
    </Pair>
  );
}

const growth = (g: GroupCoverage) => (g.own?.size.value ?? 0) / (g.size.value || 1);
