import { useTranslation } from "react-i18next";

import type { CheckProblem } from "@/api/types";
import { useCatalogue } from "@/i18n/useCatalogue";

/** A problem that the check before an audit found, in words. */
export function useCheckWords(): (problem: CheckProblem) => string {
  const { i18n, t } = useTranslation();
  const { say, has } = useCatalogue();
  return (problem) => {
    const args = problem.args ?? {};
    const key = `problems.${problem.code}`;
    if (has(`errors.${problem.code}`)) return say(`errors.${problem.code}`, args);
    if (i18n.exists(key, { ns: "shell" })) return t(key as "error.title", args);
    return problem.detail;
  };
}
