import type { AppliedLimit } from "@/api/types";
import { EstimatePlot } from "@/charts/estimates";
import { limitLines } from "@/charts/marks";
import { useNumbers } from "@/charts/use-numbers";
import { useWords } from "@/charts/words";

import type { Proxy } from "./report";

const FIRST = 10;

interface ProxyPartProps {
  proxies: Proxy[];
  limit: AppliedLimit | undefined;
  namespace: string;
}

/** How strongly the most important features go with the protected attributes. */
export function ProxyPart({ proxies, limit, namespace }: ProxyPartProps) {
  const say = useWords(namespace);
  const numbers = useNumbers();
  const first = proxies[0]!;
  const name = (p: Proxy) => `${p.feature} · ${p.attribute}`;
  return (
    <EstimatePlot
      mark="dot"
      caption={say("proxies.caption", {
        feature: first.feature,
        attribute: first.attribute,
        value: numbers.estimate(first.association, "ratio"),
      })}
      note={say("proxies.note", { n: numbers.count(first.association.n) })}
      computed={say("proxies.computed")}
      rows={proxies.map((p) => ({
        label: name(p),
        estimates: [p.association],
        extra: [numbers.count(p.place), say(`proxies.kinds.${p.kind}`)],
      }))}
      extra={[say("proxies.place"), say("proxies.kind")]}
      first={FIRST}
      unit="ratio"
      domain={[0, 1]}
      limits={limitLines(limit)}
      rowTitle={say("proxies.pair")}
      valueTitle={say("proxies.value")}
    />
  );
}
