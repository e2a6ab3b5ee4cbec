import type { Estimate, Finding } from "@/api/types";
import { EstimatePlot } from "@/charts/estimates";
import { Pair } from "@/charts/headline";
import { limitLines } from "@/charts/marks";
import { useNumbers } from "@/charts/use-numbers";
import { useWords } from "@/charts/words";

import { limitOf } from "../props";
import type { Shared } from "./report";

interface SharedProps {
  shared: Shared;
  findings: Finding[];
  namespace: string;
}

/** Rows that the reference has too, and by which features the near ones differ. */
export function SharedPart({ shared, findings, namespace }: SharedProps) {
  const say = useWords(namespace);
  const numbers = useNumbers();
  const rows = [
    { label: say("shared.equal"), estimates: [shared.rows] },
    ...(shared.near ? [{ label: say("shared.near"), estimates: [shared.near] }] : []),
    { label: say("shared.repeated"), estimates: [shared.repeated] },
  ];
  const plain = (value: number): Estimate => ({
    value,
    low: null,
    high: null,
    n: shared.near?.n ?? shared.rows.n,
    method: "none",
  });
  const top = shared.near_by_feature[0];
  return (
    <>
      <Pair>
        <EstimatePlot
          mark="bar"
          caption={say("shared.caption", {
            share: numbers.estimate(shared.rows, "share"),
            features: numbers.count(shared.features),
            reference: numbers.count(shared.reference_rows),
          })}
          computed={say("shared.computed")}
          rows={rows}
          unit="share"
          rowTitle={say("shared.what")}
          valueTitle={say("shared.value")}
          limits={limitLines(limitOf(findings, "LEAK-SHARED-ROWS"))}
        />
        {top && (
          <EstimatePlot
            mark="bar"
            caption={say("shared.nearCaption", { feature: top[0], n: numbers.count(top[1]) })}
            first={12}
            rows={shared.near_by_feature.map(([label, n]) => ({ label, estimates: [plain(n)] }))}
            unit="count"
            rowTitle={say("power.column")}
            valueTitle={say("shared.nearRows")}
          />
        )}
      </Pair>
      {shared.examples.length > 0 && (
        <p className="text-sm text-ink-muted">
          {say("shared.examples", {
            pairs: shared.examples.map(([own, other]) => `${own + 1} = ${other + 1}`).join(", "),
          })}
        </p>
      )}
      {shared.absent.length > 0 && (
        <p className="text-sm text-ink-muted">
          {say("shared.absent", { columns: shared.absent.join(", ") })}
        </p>
      )}
    </>
  );
}
