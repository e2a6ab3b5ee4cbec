import { useQuery } from "@tanstack/react-query";
import { createFileRoute, Link, useRouter } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";
import * as v from "valibot";

import { Answer } from "@/api/Answer";
import { finalStates } from "@/api/events";
import { Outcome } from "@/api/result";
import type { Analysis, AuditResult, Snapshot, StageProgress } from "@/api/types";
import { DeleteAnalysisDialog } from "@/features/audits/DeleteAnalysisDialog";
import { endedCount, LivePanel, Unfinished } from "@/features/audits/LivePanel";
import { analysisQuery } from "@/features/audits/queries";
import { ResultHeader } from "@/features/audits/ResultHeader";
import { ResultTabs } from "@/features/audits/ResultTabs";
import { StageGap } from "@/features/audits/StageGap";
import { findingsOf, type ListedStage, recordsOf, stageList } from "@/features/audits/stageList";
import { useJob } from "@/features/audits/useJob";
import { ExplorePanel } from "@/features/explore/ExplorePanel";
import { exploreViews } from "@/features/explore/views";
import { QuestionsPanel } from "@/features/questions/QuestionsPanel";
import { CitedAnswer } from "@/features/results/cited-text";
import { StageView } from "@/features/results/stage-view";
import { ResultSummary } from "@/features/results/summary";
import type { StageLink, StageViewProps } from "@/features/results/types";
import { land } from "@/lib/landing";
import { PageTitle } from "@/ui/PageTitle";
import { DetailSkeleton } from "@/ui/TableSkeleton";

export const Route = createFileRoute("/_app/audits/$id")({
  validateSearch: v.object({
    tab: v.optional(v.fallback(v.string(), "summary")),
    outcome: v.optional(v.fallback(v.optional(Outcome), undefined)),
    stage: v.optional(v.fallback(v.optional(v.string()), undefined)),
    text: v.optional(v.fallback(v.optional(v.string()), undefined)),
    view: v.optional(v.fallback(v.optional(v.picklist(exploreViews)), undefined)),
    row: v.optional(v.fallback(v.optional(v.pipe(v.number(), v.integer(), v.minValue(1))), undefined)),
    filter: v.optional(v.fallback(v.optional(v.string()), undefined)),
  }),
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
  useLanding();
  const open = (next: string) => void navigate({ search: next === "summary" ? {} : { tab: next } });
  const stages = stageList(analysis, snapshot);
  const current = stages.find((s) => s.id === tab);
  const exploring = tab === "explore" && analysis.result !== null;
  const questioning = tab === "questions" && analysis.result !== null;
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
        value={exploring || questioning ? tab : (current?.id ?? "summary")}
        onChange={open}
        explorable={analysis.result !== null}
      >
        {exploring && analysis.result ? (
          <Explore id={analysis.id} result={analysis.result} />
        ) : questioning && analysis.result ? (
          <Questions id={analysis.id} result={analysis.result} />
        ) : current ? (
          <StagePanel
            analysis={analysis}
            stage={current}
            running={snapshot?.stages.find((s) => s.id === current.id)}
          />
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

/** What is looked at is in the address, so that it can be shared. */
function Explore({ id, result }: { id: string; result: AuditResult }) {
  const { view = "row", row = 1, filter = "" } = Route.useSearch();
  const navigate = Route.useNavigate();
  return (
    <ExplorePanel
      id={id}
      manifest={result.manifest}
      asked={{ view, row, filter }}
      onAsk={(next) =>
        void navigate({
          search: (before) => ({ ...before, tab: "explore", ...next }),
          replace: true,
          resetScroll: false,
        })
      }
    />
  );
}

function Questions({ id, result }: { id: string; result: AuditResult }) {
  return (
    <QuestionsPanel
      id={id}
      cite={(sentences, evidence) => (
        <CitedAnswer {...{ sentences, evidence, result }} StageLink={StageTabLink} />
      )}
    />
  );
}

interface SummaryProps {
  analysis: Analysis;
  snapshot: Snapshot | undefined;
  mode: "live" | "polling";
  onOpen: (tab: string) => void;
}

function Summary({ analysis, snapshot, mode, onOpen }: SummaryProps) {
  const { outcome, stage, text } = Route.useSearch();
  const navigate = Route.useNavigate();
  if (!finalStates.has(analysis.state)) {
    if (!snapshot) return <DetailSkeleton />;
    return <LivePanel name={analysis.name} snapshot={snapshot} mode={mode} onOpenStage={onOpen} />;
  }
  return (
    <div className="flex flex-col gap-8">
      {analysis.result || !snapshot ? null : <Unfinished snapshot={snapshot} />}
      {analysis.result || recordsOf(analysis).length > 0 ? (
        <ResultSummary
          result={analysis.result}
          id={analysis.id}
          partial={{ stages: recordsOf(analysis), findings: findingsOf(analysis) }}
          StageLink={StageTabLink}
          filter={{ outcome, stage, text }}
          onFilterChange={(filter) =>
            void navigate({
              search: Object.fromEntries(Object.entries(filter).filter(([, value]) => value)),
              replace: true,
              resetScroll: false,
            })
          }
        />
      ) : null}
    </div>
  );
}

const StageTabLink: StageLink = ({ stage, at, label, children, ...rest }) => {
  const { id } = Route.useParams();
  return (
    <Link
      to="/audits/$id"
      params={{ id }}
      search={stage === "summary" ? {} : { tab: stage }}
      {...(at === undefined ? {} : { hash: at })}
      {...(label === undefined ? {} : { "aria-label": label })}
      {...rest}
    >
      {children}
    </Link>
  );
};

/** A citation leads to a place of a tab: the focus goes there once the tab is shown. */
function useLanding() {
  const router = useRouter();
  useEffect(() => {
    const go = () => {
      const { hash } = router.latestLocation;
      if (hash) land(hash);
    };
    go();
    return router.subscribe("onRendered", go);
  }, [router]);
}

interface StagePanelProps {
  analysis: Analysis;
  stage: ListedStage;
  running: StageProgress | undefined;
}

function StagePanel({ analysis, stage, running }: StagePanelProps) {
  const record = recordsOf(analysis).find((r) => r.id === stage.id);
  const manifest = analysis.result?.manifest;
  const progress: StageViewProps["progress"] =
    running?.state === "running"
      ? { state: "running", done: running.done, total: running.total }
      : { state: "waiting" };
  if (!record && stage.state !== "waiting" && stage.state !== "running" && stage.state !== "done") {
    return <StageGap stage={stage} />;
  }
  return (
    <StageView
      id={stage.id}
      record={record}
      progress={progress}
      findings={findingsOf(analysis)}
      context={{
        task: manifest?.task ?? analysis.task ?? undefined,
        classes: manifest?.classes ?? [],
        positive: manifest?.positive,
      }}
    />
  );
}
