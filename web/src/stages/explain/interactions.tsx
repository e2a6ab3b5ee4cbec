import { EstimatePlot } from "@/charts/estimates";
import { useNumbers } from "@/charts/use-numbers";
import { useWords } from "@/charts/words";
import { useCatalogue } from "@/i18n/useCatalogue";

import type { Interactions } from "./report";

interface InteractionPartProps {
  interactions: Interactions;
  scale: string;
  namespace: string;
}

/** Pairs of features that move predictions together: by SHAP where there are trees, else by the H-statistic. */
export function InteractionPart({ interactions, scale, namespace }: InteractionPartProps) {
  const say = useWords(namespace);
  const numbers = useNumbers();
  const { say: word } = useCatalogue();
  const { pairs } = interactions;
  const [first] = pairs;
  if (!first) return <p className="text-base font-medium">{say("pairs.none")}</p>;
  const exact = interactions.shap_rows > 0;
  const name = (p: typeof first) => p.features.join(" × ");
  const missing = interactions.shap_missing
    ? word(`reasons.${interactions.shap_missing}`, {}, interactions.shap_missing)
    : "";
  const plain = (value: number) => ({
    value,
    low: null,
    high: null,
    n: interactions.h_rows,
    method: "none" as const,
  });
  return (
    <EstimatePlot
      mark="bar"
      caption={
        exact
          ? say("pairs.shap", {
              pair: name(first),
              share: numbers.format(first.share, "share", 1),
              all: numbers.format(interactions.pair_share, "share", 0),
            })
          : say("pairs.h", { pair: name(first), sd: numbers.format(first.h_sd, "number", 3) })
      }
      note={
        exact
          ? say("pairs.rows", {
              n: numbers.count(interactions.shap_rows),
              h: numbers.count(interactions.h_rows),
            })
          : say("pairs.rowsH", { h: numbers.count(interactions.h_rows), reason: missing })
      }
      computed={say("pairs.computed")}
      rows={pairs.map((p) => ({
        label: name(p),
        estimates: [p.shap ?? plain(p.h_sd)],
        extra: [
          numbers.format(p.share, "share", 1),
          numbers.format(p.h, "ratio"),
          numbers.format(p.h_sd, "number", 3),
          p.class ?? "",
        ],
      }))}
      extra={[say("pairs.share"), say("pairs.hTitle"), say("pairs.sd"), say("pairs.class")]}
      unit="number"
      rowTitle={say("pairs.pair")}
      valueTitle={exact ? say("pairs.value", { scale }) : say("pairs.sd")}
    />
  );
}
