import { useTranslation } from "react-i18next";

import type { Comparison } from "@/api/comparison";
import { EstimatePlot } from "@/charts/estimates";
import { Part } from "@/charts/headline";
import { useNumbers } from "@/charts/use-numbers";

const FIRST = 12;

/** Rows whose answer changes, overall and by group. */
export function ChurnPart({ comparison }: { comparison: Comparison }) {
  const { t } = useTranslation("compare");
  const numbers = useNumbers();
  const { churn, task } = comparison;
  const unit = task === "regression" ? "number" : "share";
  const overall = numbers.estimate(churn.overall, unit);
  const said =
    task === "regression"
      ? t("churn.moved", { churn: overall })
      : t("churn.flipped", {
          churn: overall,
          mended: numbers.count(churn.mended),
          broken: numbers.count(churn.broken),
          other: numbers.count(churn.other),
        });
  const [first] = churn.groups;
  return (
    <Part title={t("churn.title")} note={said}>
      {first ? (
        <EstimatePlot
          mark="dot"
          unit={unit}
          caption={t(task === "regression" ? "churn.captionMoved" : "churn.caption", {
            column: first.column,
            group: first.group,
            churn: numbers.estimate(first.churn, unit),
          })}
          rows={churn.groups.map((group) => ({
            label: `${group.column} = ${group.group}`,
            estimates: [group.churn],
            extra: [numbers.format(group.p_value, "p")],
          }))}
          extra={[t("churn.p")]}
          first={FIRST}
          rowTitle={t("churn.group")}
          valueTitle={t(task === "regression" ? "churn.valueMoved" : "churn.value")}
          limits={churn.overall.value === null ? [] : [{ kind: "reference", value: churn.overall.value }]}
          computed={t("churn.computed")}
        />
      ) : null}
    </Part>
  );
}
