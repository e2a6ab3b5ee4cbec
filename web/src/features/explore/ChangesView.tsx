import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { Answer } from "@/api/Answer";
import type { AuditResult } from "@/api/types";
import { Part } from "@/charts/headline";
import { DetailSkeleton } from "@/ui/TableSkeleton";

import { ChangesAnswer } from "./ChangesAnswer";
import { ChangesForm } from "./ChangesForm";
import { type Choices, noChoices, readChoices } from "./choices";
import { changesQuery, rowQuery } from "./queries";
import { RowPicker, type RowProps } from "./RowPicker";

interface ChangesViewProps extends RowProps {
  manifest: AuditResult["manifest"];
}

/** What would change the model's answer about a row: asked at once, and again with what the form says. */
export function ChangesView({ manifest, ...props }: ChangesViewProps) {
  const { t } = useTranslation("explore");
  const isRegression = manifest.task === "regression";
  const [choices, setChoices] = useState<Choices>(noChoices);
  const [sent, setSent] = useState<Choices>(noChoices);
  const row = useQuery(rowQuery(props.id, props.row - 1));
  const { ask } = readChoices(sent, isRegression);
  const query = useQuery(changesQuery(props.id, props.row - 1, ask));
  return (
    <div className="flex min-w-0 flex-col gap-5">
      <RowPicker {...props} />
      {row.data ? (
        <ChangesForm
          report={row.data}
          classes={manifest.classes}
          isRegression={isRegression}
          stayed={query.data?.stayed ?? []}
          choices={choices}
          onChange={setChoices}
          isPending={query.isFetching}
          onAsk={() => setSent(choices)}
        />
      ) : null}
      {ask === null ? (
        <Part title={t("changes.title")}>
          <p className="text-ink-muted">{t("changes.notYet")}</p>
        </Part>
      ) : (
        <Answer query={query} skeleton={<DetailSkeleton />}>
          {(answer) => <ChangesAnswer answer={answer} onRow={props.onRow} />}
        </Answer>
      )}
    </div>
  );
}
