import { useQuery } from "@tanstack/react-query";
import { createFileRoute } from "@tanstack/react-router";
import { useState } from "react";
import { useTranslation } from "react-i18next";
import * as v from "valibot";

import { Answer } from "@/api/Answer";
import { finalStates } from "@/api/events";
import type { Analysis, Snapshot } from "@/api/types";
import { DeleteAnalysisDialog } from "@/features/audits/DeleteAnalysisDialog";
import { endedCount, LivePanel, Unfinished } from "@/features/audits/LivePanel";
import { analysisQuery } from "@/features/audits/queries";
import { ResultHeader } from "@/features/audits/ResultHeader";
import { ResultTabs } from "@/features/audits/ResultTabs";
import { StageGap } from "@/features/audits/StageGap";
import { findingsOf, type ListedStage, recordsOf, stageList } from "@/features/audits/stageList";
import { useJob } from "@/features/audits/useJob";
import { PageTitle } from "@/ui/PageTitle";
import { DetailSkeleton } from "@/ui/TableSkeleton";

export const Route = createFileRoute("/_app/audits/$id")({
  validateSearch: v.object({ tab: v.optional(v.fallback(v.string(), "summary")) }),
  loader: ({ context, params }) => void context.queryClient.prefetchQuery(analysisQuery(params.id)),
  component: Page,
});

function Page() {
  const { t } = useTranslation("audits");
  const { id } = Route.useParams();
  const query = useQuery(analysisQuery(id));
  return (
    <>
      {query.data ? null : <PageTitle title={t("title")} />}
      <Answer query={query} skeleton={<DetailSkeleton />}>
        {(analysis) => <Result key={id} analysis={analysis} />}
      </Answer>
    </>
  );
}

function Result({ analysis }: { analysis: Analysis }) {
  const { t } = useTranslation("audits");
  const { tab = "summary" } = Route.useSearch();
  const navigate = Route.useNavigate();
  const [deleting, setDeleting] = useState(false);
  const { snapshot, mode } = useJob(analysis.id, analysis.job_id, !finalStates.has(analysis.state));
  const open = (next: string) => void navigate({ search: next === "summary" ? {} : { tab: next } });
  const stages = stageList(analysis, snapshot);
  const current = stages.find((s) => s.id === tab);
  const running = !finalStates.has(analysis.state);
  const title =
    running && snapshot
      ? t("live.tab", { done: endedCount(snapshot), all: snapshot.stages.length, name: analysis.name })
      : `${analysis.name} · Fine`;
  return (
    <>
      <ResultHeader analysis={analysis} tab={title} onDelete={() => setDeleting(true)} />
      <ResultTabs
        stages={stages}
        findings={findingsOf(analysis)}
        value={current?.id ?? "summary"}
        onChange={open}
      >
        {current ? (
          <StagePanel analysis={analysis} stage={current} />
        ) : (
          <Summary analysis={analysis} snapshot={snapshot} mode={mode} onOpen={open} />
        )}
      </ResultTabs>
      <DeleteAnalysisDialog
        analysis={deleting ? analysis : null}
        onClose={() => setDeleting(false)}
        onDeleted={() => void navigate({ to: "/audits" })}
      />
    </>
  );
}

interface SummaryProps {
  analysis: Analysis;
  snapshot: Snapshot | undefined;
  mode: "live" | "polling";
  onOpen: (tab: string) => void;
}

function Summary({ analysis, snapshot, mode, onOpen }: SummaryProps) {
  if (!finalStates.has(analysis.state)) {
    if (!snapshot) return <DetailSkeleton />;
    return <LivePanel name={analysis.name} snapshot={snapshot} mode={mode} onOpenStage={onOpen} />;
  }
  if (!analysis.result) return snapshot ? <Unfinished snapshot={snapshot} /> : null;
  return (
    <ul>
      {analysis.result.diagnosis.summary.map((s) => (
        <li key={s.key}>{s.key}</li>
      ))}
    </ul>
  );
}

function StagePanel({ analysis, stage }: { analysis: Analysis; stage: ListedStage }) {
  const record = recordsOf(analysis).find((r) => r.id === stage.id);
  if (!record?.report) {
    return (
      <StageGap stage={stage} error={record?.status.state === "failed" ? record.status.error : undefined} />
    );
  }
  return <pre>{JSON.stringify(record.report, null, 2)}</pre>;
}
