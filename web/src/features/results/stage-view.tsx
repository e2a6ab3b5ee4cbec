import {
  Component,
  type ComponentType,
  lazy,
  type LazyExoticComponent,
  type ReactNode,
  Suspense,
} from "react";
import { useTranslation } from "react-i18next";

import type { Finding, StageRecord } from "@/api/types";
import { useCatalogue } from "@/i18n/useCatalogue";
import type { StageProps } from "@/stages/props";
import { Alert } from "@/ui/Alert";
import { OutcomeBadge } from "@/ui/Badge";
import { Progress } from "@/ui/Progress";
import { Loading, Skeleton } from "@/ui/Skeleton";

import { About } from "./about";
import { stagePlace } from "./citations";
import { FindingList, Folded } from "./finding-list";
import { bySeverity, isRecord } from "./finding-words";
import { stageOutcome } from "./stage-lines";
import type { StageViewProps } from "./types";

type View = LazyExoticComponent<ComponentType<StageProps<never>>>;

const view = <R,>(load: () => Promise<{ default: ComponentType<StageProps<R>> }>) =>
  lazy(load) as unknown as View;

/** The stages this client can draw; one line a stage. */
const VIEWS: Record<string, View> = {
  data: view(() => import("@/stages/data/stage")),
  leakage: view(() => import("@/stages/leakage/stage")),
  drift: view(() => import("@/stages/drift/stage")),
  performance: view(() => import("@/stages/performance/stage")),
  calibration: view(() => import("@/stages/calibration/stage")),
  uncertainty: view(() => import("@/stages/uncertainty/stage")),
  slices: view(() => import("@/stages/slices/stage")),
  explain: view(() => import("@/stages/explain/stage")),
  sensitivity: view(() => import("@/stages/sensitivity/stage")),
  robustness: view(() => import("@/stages/robustness/stage")),
  fairness: view(() => import("@/stages/fairness/stage")),
  "model-file": view(() => import("@/stages/model-file/stage")),
};

/** One stage: its question, its findings in words, its numbers and charts, or why it has none. */
export function StageView({ id, record, progress, findings: all, context }: StageViewProps) {
  const { say } = useCatalogue();
  const findings = all.filter((f) => f.stage === id).toSorted(bySeverity);
  const outcome = record && stageOutcome(record, findings);
  return (
    <article className="flex min-w-0 flex-col gap-5">
      <header className="flex flex-wrap items-start justify-between gap-x-6 gap-y-2">
        <div>
          <h2 id={stagePlace(id)} tabIndex={-1} className="text-xl font-semibold">
            {say(`stages.${id}.title`, {}, id)}
          </h2>
          <p className="text-base text-ink-muted">{say(`stages.${id}.question`, {}, "")}</p>
        </div>
        {outcome && <OutcomeBadge outcome={outcome} label={say(`outcomes.${outcome}`)} />}
      </header>
      <StageFindings findings={findings} all={all} />
      {record ? <Ended record={record} {...{ findings, context }} /> : <Pending progress={progress} />}
      <About stage={id} />
    </article>
  );
}

/** What a person should read first; what is only for the record is folded. */
function StageFindings({ findings, all }: { findings: Finding[]; all: Finding[] }) {
  const { t } = useTranslation("results");
  const told = findings.filter((f) => !isRecord(f));
  const record = findings.filter(isRecord);
  return (
    <>
      {told.length > 0 && <FindingList findings={told} all={all} label={t("stageFindings")} />}
      {record.length > 0 && <Folded title={t("groups.record")} findings={record} all={all} />}
    </>
  );
}

function Pending({ progress }: Pick<StageViewProps, "progress">) {
  const { t } = useTranslation("results");
  const running = progress?.state === "running" && progress.total > 0;
  return (
    <>
      {running ? (
        <Progress
          label={t("stage.runningTitle")}
          value={progress.done / progress.total}
          detail={t("stage.running", { done: progress.done, total: progress.total })}
          className="max-w-md"
        />
      ) : (
        <p className="text-ink-muted">
          {t(progress?.state === "running" ? "stage.runningTitle" : "stage.waiting")}
        </p>
      )}
      <StageSkeleton />
    </>
  );
}

type EndedProps = Pick<StageViewProps, "findings" | "context"> & { record: StageRecord };

function Ended({ record, findings, context }: EndedProps) {
  const { t } = useTranslation("results");
  const { say } = useCatalogue();
  const { status } = record;
  switch (status.state) {
    case "not-run":
      return (
        <Alert title={t("stage.notRun")} isLive={false}>
          {t("stage.notRunText", { reason: say(`reasons.${status.reason}`) })}
        </Alert>
      );
    case "failed":
      return (
        <Alert
          tone="error"
          title={t("stage.failed")}
          isLive={false}
          note={`${t("stage.error", { id: status.error })} · ${status.detail}`}
        >
          {t("stage.failedText", { error: say(`errors.${status.error}`, {}, "") })}
        </Alert>
      );
    case "cancelled":
      return (
        <Alert tone="warning" title={t("stage.cancelled")} isLive={false}>
          {t("stage.cancelledText")}
        </Alert>
      );
    case "done": {
      const View = VIEWS[record.id];
      if (!View) return <Raw record={record} title={t("stage.unknown", { stage: record.id })} />;
      return (
        <Boundary key={record.id} fallback={<Raw record={record} title={t("stage.broken")} />}>
          <Suspense
            fallback={
              <Loading label={t("stage.loading")}>
                <StageSkeleton />
              </Loading>
            }
          >
            <View report={record.report as never} {...{ findings, context }} />
          </Suspense>
        </Boundary>
      );
    }
  }
}

/** A report this client cannot draw, as the engine wrote it. */
function Raw({ record, title }: { record: StageRecord; title: string }) {
  const { t } = useTranslation("results");
  return (
    <>
      <Alert tone="warning" title={title} isLive={false}>
        {t("stage.unknownText")}
      </Alert>
      <pre
        aria-label={t("stage.raw")}
        role="region"
        // A region that scrolls must be reachable by keyboard.
        // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
        tabIndex={0}
        className="max-h-[32rem] overflow-auto rounded-lg border border-line bg-sunken p-3 font-mono text-xs"
      >
        {JSON.stringify(record.report, null, 2)}
      </pre>
    </>
  );
}

function StageSkeleton() {
  return (
    <div aria-hidden className="flex flex-col gap-6">
      <Skeleton className="h-16" />
      <Skeleton className="h-5 max-w-md" />
      <Skeleton className="h-64" />
    </div>
  );
}

/** A report of another version may not fit its view: the rest of the page must stand. */
class Boundary extends Component<{ fallback: ReactNode; children: ReactNode }, { failed: boolean }> {
  override state = { failed: false };

  static getDerivedStateFromError() {
    return { failed: true };
  }

  override render() {
    return this.state.failed ? this.props.fallback : this.props.children;
  }
}
