import { useTranslation } from "react-i18next";

import type { Comparison, ImportanceChange } from "@/api/comparison";
import { EstimatePlot } from "@/charts/estimates";
import { Part } from "@/charts/headline";
import { useNumbers } from "@/charts/use-numbers";

const FIRST = 12;

/** What drives the predictions of each. */
export function ImportancePart({ comparison }: { comparison: Comparison }) {
  const { t } = useTranslation("compare");
  const numbers = useNumbers();
  const { importances, importance_agreement: tau } = comparison;
  if (importances.length === 0) {
    return (
      <Part title={t("importance.title")}>
        <p className="text-ink-muted">{t("importance.none")}</p>
      </Part>
    );
  }
  const moved = (i: ImportanceChange) => Math.abs((i.new.value ?? 0) - (i.old.value ?? 0));
  const most = importances.toSorted((a, b) => moved(b) - moved(a))[0]!;
  const place = (rank: number | null) => (rank === null ? "–" : numbers.count(rank));
  return (
    <Part
      title={t("importance.title")}
      note={tau === null ? undefined : t("importance.agreement", { tau: numbers.format(tau, "ratio") })}
    >
      <EstimatePlot
        mark="bar"
        unit="share"
        series={[t("old"), t("new")]}
        caption={t("importance.caption", {
          feature: most.feature,
          old: numbers.format(most.old.value, "share"),
          new: numbers.format(most.new.value, "share"),
        })}
        rows={importances.map((i) => ({
          label: i.feature,
          estimates: [i.old, i.new],
          extra: [place(i.old_rank), place(i.new_rank)],
        }))}
        extra={[t("importance.placeOld"), t("importance.placeNew")]}
        first={FIRST}
        rowTitle={t("importance.feature")}
        valueTitle={t("importance.share")}
        computed={t("importance.computed")}
      />
    </Part>
  );
}
