import { useTranslation } from "react-i18next";

import type { Answer, Explanation } from "@/api/asked";
import type { Fact } from "@/charts/headline";
import type { Numbers } from "@/charts/numbers";
import { useNumbers } from "@/charts/use-numbers";
import { Waterfall } from "@/charts/waterfall";
import { useCatalogue } from "@/i18n/useCatalogue";

/** From the base value to the output of a row, a step a feature. */
export function Explained({ explanation, row }: { explanation: Explanation; row: number }) {
  const { t } = useTranslation("explore");
  const { say } = useCatalogue();
  const numbers = useNumbers();
  const { contributions, class: explained, sampling_error: error, fallback } = explanation;
  const [first] = contributions;
  const scale = t(`scales.${explanation.scale}` as "scales.margin");
  const notes = [
    explained === null ? "" : t("explained.class", { class: explained }),
    t(`methods.${explanation.method}` as "methods.linear"),
    error === null ? "" : t("explained.error", { error: numbers.format(error, "number") }),
    fallback === null ? "" : t("explained.fallback", { reason: say(`reasons.${fallback}`) }),
  ];
  return (
    <Waterfall
      caption={
        first && first.shap !== 0
          ? t("explained.caption", {
              row: numbers.count(row),
              feature: first.feature,
              value: first.value ?? t("missing"),
              direction: t(first.shap < 0 ? "explained.lowers" : "explained.raises"),
              phi: numbers.format(Math.abs(first.shap), "number"),
            })
          : t("explained.nothing", { row: numbers.count(row) })
      }
      note={notes.filter(Boolean).join(" ")}
      computed={t("explained.computed")}
      base={explanation.base}
      prediction={explanation.output}
      contributions={contributions.map((c) => [c.feature, c.value ?? t("missing"), c.shap])}
      valueTitle={t("explained.value", { scale })}
    />
  );
}

/** How a score is written: probabilities as shares, everything else as numbers. */
export const scoreUnit = (answer: Answer) => (answer.kind === "probability" ? "share" : "number");

/** The scores that a person looks at first: the highest ones. */
export function topScores(answer: Answer, most: number): Answer["scores"] {
  return answer.scores.toSorted((a, b) => b.value - a.value).slice(0, most);
}

/** The answer of the model as facts: the class, and how sure it is. */
export function useAnswerFacts(): (answer: Answer) => Fact[] {
  const { t } = useTranslation("explore");
  const numbers = useNumbers();
  return (answer) =>
    answerFacts(answer, numbers, {
      predicted: t("answer.predicted"),
      score: (of) => t(answer.kind === "probability" ? "answer.probability" : "answer.score", { class: of }),
    });
}

function answerFacts(
  answer: Answer,
  numbers: Numbers,
  words: { predicted: string; score: (of: string) => string },
): Fact[] {
  const unit = scoreUnit(answer);
  if (answer.label === null) {
    return [{ label: words.predicted, value: numbers.format(answer.scores[0]?.value, "number") }];
  }
  const scores = answer.kind === "label" ? [] : topScores(answer, 3);
  return [
    { label: words.predicted, value: answer.label },
    ...scores.map((s) => ({ label: words.score(s.class ?? ""), value: numbers.format(s.value, unit) })),
  ];
}
