import { LoaderCircle } from "lucide-react";
import { useTranslation } from "react-i18next";

import type { Asking } from "./asking";

/** What goes on now. The place is there from the start, so that its words are read out politely. */
export function Doing({ asking }: { asking: Asking }) {
  const { t } = useTranslation("questions");
  const isRunning = asking.state === "running";
  const call = isRunning ? asking.steps.findLast((step) => step.state === "running") : undefined;
  return (
    <p role="status" className={isRunning ? "flex items-center gap-2 text-ink-muted" : "sr-only"}>
      {isRunning ? (
        <>
          <LoaderCircle aria-hidden size={15} className="animate-turn shrink-0" />
          {call ? t("doing", { tool: t(`tools.${call.tool}`, { defaultValue: call.tool }) }) : t("thinking")}
        </>
      ) : null}
    </p>
  );
}
