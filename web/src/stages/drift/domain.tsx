import type { Finding } from "@/api/types";
import { EstimatePlot } from "@/charts/estimates";
import { Pair } from "@/charts/headline";
import { LineChart } from "@/charts/lines";
import { useNumbers } from "@/charts/use-numbers";
import { useWords } from "@/charts/words";

import { limitOf } from "../props";
import type { Domain } from "./report";

interface DomainProps {
  domain: Domain;
  findings: Finding[];
  namespace: string;
}

/** The classifier that tells the tables apart: its curve, and what it goes by. */
export function DomainPart({ domain, findings, namespace }: DomainProps) {
  const say = useWords(namespace);
  const numbers = useNumbers();
  const limit = limitOf(findings, "DRIFT-MULTIVARIATE")?.issue;
  const top = domain.features[0];
  return (
    <Pair>
      <LineChart
        caption={say("domain.caption", {
          auc: numbers.estimate(domain.auc, "number", 3),
          separation: numbers.estimate(domain.separation, "number", 3),
          apart: numbers.format(domain.told_apart, "share"),
        })}
        note={
          limit === undefined
            ? undefined
            : say("domain.note", {
                limit: numbers.limit(limit, "number"),
                auc: numbers.limit((limit + 1) / 2, "number"),
              })
        }
        computed={say("domain.computed", { rows: numbers.count(domain.fitted_rows) })}
        series={[{ label: say("domain.curve"), points: domain.roc.map(([x, y]) => ({ x, y })) }]}
        xTitle={say("domain.wrong")}
        yTitle={say("domain.right")}
        xUnit="share"
        yUnit="share"
        xDomain={[0, 1]}
        yDomain={[0, 1]}
        diagonal={say("domain.chance")}
        square
      />
      {top && (
        <EstimatePlot
          mark="bar"
          caption={say("domain.features", {
            feature: top.feature,
            share: numbers.estimate(top.share, "share"),
          })}
          computed={say("domain.gains")}
          rows={domain.features.map((f) => ({ label: f.feature, estimates: [f.share] }))}
          unit="share"
          rowTitle={say("table.feature")}
          valueTitle={say("domain.share")}
        />
      )}
    </Pair>
  );
}
