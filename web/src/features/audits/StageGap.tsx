import { useTranslation } from "react-i18next";

import { useCatalogue } from "@/i18n/useCatalogue";
import { Alert } from "@/ui/Alert";
import { EmptyState } from "@/ui/EmptyState";

import type { ListedStage } from "./stageList";

/** In place of a stage's results: why there are none, or none yet. */
export function StageGap({ stage }: { stage: ListedStage }) {
  const { t } = useTranslation("audits");
  const { say } = useCatalogue();
  switch (stage.state) {
    case "not-run":
      return (
        <EmptyState
          title={t("result.notRun", { reason: say(`reasons.${stage.reason ?? "not-selected"}`) })}
        />
      );
    case "failed":
      return <Alert tone="error" isLive={false} title={t("result.stageFailed")} />;
    default:
      return <EmptyState title={t("result.stageCancelled")} />;
  }
}
