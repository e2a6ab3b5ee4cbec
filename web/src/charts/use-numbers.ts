import { useMemo } from "react";
import { useTranslation } from "react-i18next";

import { numbers, type Numbers } from "./numbers";
import { useChartWords } from "./words";

/** Numbers in the language of the page. */
export function useNumbers(): Numbers {
  const say = useChartWords();
  const language = useTranslation().i18n.language;
  return useMemo(
    () =>
      numbers(language, {
        to: (low, high) => say("interval", { low, high }),
        notEnough: (n) => say("notEnough", { n }),
        points: (value) => say("points", { value }),
      }),
    [language, say],
  );
}
