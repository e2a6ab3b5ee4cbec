import { useTranslation } from "react-i18next";

import type { AuditResult } from "@/api/types";
import { Alert } from "@/ui/Alert";
import { Tabs } from "@/ui/Tabs";

import { ChangesView } from "./ChangesView";
import { CohortView } from "./CohortView";
import { RowView } from "./RowView";
import { type Asked, exploreViews } from "./views";
import { WhatIfView } from "./WhatIfView";

interface ExplorePanelProps {
  /** The analysis. */
  id: string;
  manifest: AuditResult["manifest"];
  asked: Asked;
  onAsk: (next: Partial<Asked>) => void;
}

/** Questions to a finished audit: one row, the row with other values, what would change its answer, and rows that fulfil a condition. */
export function ExplorePanel({ id, manifest, asked, onAsk }: ExplorePanelProps) {
  const { t } = useTranslation("explore");
  const hasModel = manifest.model.format !== "predictions";
  const row = { id, row: asked.row, rows: manifest.rows, onRow: (next: number) => onAsk({ row: next }) };
  const stored = (
    <Alert title={t("stored")} isLive={false}>
      {t("storedText")}
    </Alert>
  );
  return (
    <article className="flex min-w-0 flex-col gap-5">
      <header>
        <h2 className="text-xl font-semibold">{t("title")}</h2>
        <p className="text-base text-ink-muted">{t("lead")}</p>
      </header>
      <Tabs
        label={t("title")}
        items={exploreViews.map((view) => ({ id: view, label: t(`views.${view}`) }))}
        value={asked.view}
        onChange={(view) => onAsk({ view })}
      >
        {asked.view === "cohort" ? (
          <CohortView
            id={id}
            manifest={manifest}
            filter={asked.filter}
            onFilter={(filter) => onAsk({ filter })}
          />
        ) : !hasModel ? (
          stored
        ) : asked.view === "what-if" ? (
          <WhatIfView {...row} />
        ) : asked.view === "changes" ? (
          <ChangesView {...row} manifest={manifest} />
        ) : (
          <RowView {...row} />
        )}
      </Tabs>
    </article>
  );
}
