import { Check, CircleDashed, X } from "lucide-react";
import { useTranslation } from "react-i18next";

import type { Step } from "@/api/questions";

const marks = {
  running: { icon: CircleDashed, ink: "text-ink-faint" },
  done: { icon: Check, ink: "text-pass" },
  failed: { icon: X, ink: "text-issue" },
} as const;

/** The calls of an answer that is being made. */
export function Steps({ steps }: { steps: readonly Step[] }) {
  const { t } = useTranslation("questions");
  return (
    <ul aria-label={t("steps")} className="flex min-w-0 flex-col gap-1 text-sm">
      {steps.map((step, i) => {
        const { icon: Icon, ink } = marks[step.state];
        return (
          <li key={i} className="flex min-w-0 items-start gap-2">
            <Icon aria-hidden size={14} strokeWidth={2.2} className={`mt-0.5 shrink-0 ${ink}`} />
            <span className="min-w-0 wrap-anywhere">
              {t(`tools.${step.tool}`, { defaultValue: step.tool })}{" "}
              <code className="text-xs text-ink-muted">{JSON.stringify(step.args)}</code>{" "}
              <span className="text-ink-muted">{t(`stepStates.${step.state}`)}</span>
            </span>
          </li>
        );
      })}
    </ul>
  );
}
