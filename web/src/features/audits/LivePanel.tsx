import { Link } from "@tanstack/react-router";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

import { ConfirmDialog } from "@/api/ConfirmDialog";
import { ErrorAlert } from "@/api/ErrorAlert";
import { ApiError } from "@/api/problem";
import type { Snapshot, StageProgress } from "@/api/types";
import { useCatalogue } from "@/i18n/useCatalogue";
import { useFormat } from "@/lib/format";
import { Alert } from "@/ui/Alert";
import { Button, buttonClass } from "@/ui/Button";
import { Progress } from "@/ui/Progress";

import { CountList, StageMark } from "./Marks";
import { useCancelJob } from "./queries";

interface LivePanelProps {
  name: string;
  snapshot: Snapshot;
  mode: "live" | "polling";
  onOpenStage: (id: string) => void;
}

/** A running audit: how far it is as a whole and by stages; finished stages can be opened at once. */
export function LivePanel({ name, snapshot, mode, onOpenStage }: LivePanelProps) {
  const { t } = useTranslation("audits");
  const done = endedCount(snapshot);
  const all = snapshot.stages.length;
  const queued = snapshot.state === "queued";
  return (
    <div className="flex flex-col gap-4">
      <section className="card flex flex-col gap-4 p-5" aria-label={t("live.running")}>
        <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
          <div>
            <h2 className="text-lg font-semibold">{queued ? t("live.queued") : t("live.running")}</h2>
            <p className="max-w-prose text-ink-muted">{t("live.leave")}</p>
          </div>
          <CancelButton name={name} jobId={snapshot.job_id} />
        </div>
        <Progress
          label={t("live.stages", { done, all })}
          value={queued ? undefined : snapshot.progress}
          detail={useTimes(snapshot)}
        />
        <CountList counts={snapshot.findings} />
        {snapshot.attempt > 1 ? (
          <p className="text-sm text-ink-muted">{t("live.attempt", { count: snapshot.attempt })}</p>
        ) : null}
        {mode === "polling" ? <p className="text-sm text-watch">{t("live.polling")}</p> : null}
      </section>
      <ul className="card divide-y divide-line">
        {snapshot.stages.map((stage) => (
          <StageLine key={stage.id} stage={stage} onOpen={() => onOpenStage(stage.id)} />
        ))}
      </ul>
    </div>
  );
}

/** Stages that will not change any more. */
export function endedCount(snapshot: Snapshot): number {
  return snapshot.stages.filter((s) => s.state !== "waiting" && s.state !== "running").length;
}

function StageLine({ stage, onOpen }: { stage: StageProgress; onOpen: () => void }) {
  const { t } = useTranslation("audits");
  const { say } = useCatalogue();
  const title = say(`stages.${stage.id}.title`);
  return (
    <li className="flex min-h-15 items-center gap-4 px-4 py-2.5">
      <StageMark state={stage.state} />
      <div className="min-w-0 flex-1">
        <p className={stage.state === "waiting" ? "text-ink-muted" : "font-medium"}>{title}</p>
        <p className="text-sm text-ink-muted">
          {stage.reason ? say(`reasons.${stage.reason}`) : say(`stages.${stage.id}.question`)}
        </p>
      </div>
      {stage.state === "running" ? (
        <div className="w-24 shrink-0 sm:w-48">
          <Progress quietLabel label={title} value={stage.total > 0 ? stage.done / stage.total : undefined} />
        </div>
      ) : null}
      {stage.state === "done" ? (
        <Button size="sm" onPress={onOpen} aria-label={t("result.open", { stage: title })}>
          {t("result.openShort")}
        </Button>
      ) : null}
      {stage.state !== "running" && stage.state !== "done" ? (
        <span className="text-sm text-ink-muted">{t(`stage.${stage.state}`)}</span>
      ) : null}
    </li>
  );
}

function CancelButton({ name, jobId }: { name: string; jobId: string }) {
  const { t } = useTranslation("audits");
  const [asking, setAsking] = useState(false);
  const cancel = useCancelJob(jobId);
  return (
    <>
      <Button size="sm" look="danger" onPress={() => setAsking(true)} isDisabled={cancel.isSuccess}>
        {t("live.cancel")}
      </Button>
      <ConfirmDialog
        title={t("live.cancelTitle")}
        isOpen={asking}
        onClose={() => setAsking(false)}
        confirm={t("live.cancelConfirm", { name })}
        keep={t("live.keep")}
        onConfirm={() => cancel.mutate(undefined, { onSuccess: () => setAsking(false) })}
        work={cancel}
      >
        <p>{t("live.cancelBody", { name })}</p>
      </ConfirmDialog>
    </>
  );
}

/** Time so far, and time left once a tenth is done. */
function useTimes(snapshot: Snapshot): string {
  const { t } = useTranslation("audits");
  const format = useFormat();
  const [now, setNow] = useState(() => Date.now());
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  if (!snapshot.started_at) return "";
  const elapsed = Math.max(0, now - Date.parse(snapshot.started_at));
  const left = timeLeft(elapsed, snapshot.progress);
  return [
    t("live.elapsed", { time: format.duration(elapsed) }),
    left === null ? null : t("live.remaining", { time: format.duration(left) }),
  ]
    .filter(Boolean)
    .join(" · ");
}

/** What is left at the pace so far, in ms; nothing before a tenth is done. */
export function timeLeft(elapsedMs: number, progress: number): number | null {
  return progress >= 0.1 && progress < 1 ? (elapsedMs * (1 - progress)) / progress : null;
}

/** What happened to an audit that did not finish. */
export function Unfinished({ snapshot }: { snapshot: Snapshot }) {
  const { t } = useTranslation("audits");
  if (snapshot.state === "cancelled") {
    return (
      <Alert tone="warning" isLive={false} title={t("live.cancelled")}>
        {t("live.cancelledBody")}
      </Alert>
    );
  }
  if (snapshot.state !== "failed") return null;
  return (
    <div className="flex flex-col gap-2">
      <h2 className="text-lg font-semibold">{t("live.failed")}</h2>
      {snapshot.error ? <ErrorAlert error={new ApiError(snapshot.error)} /> : null}
      <Link to="/audits/new/files" className={buttonClass("secondary", "md", "self-start")}>
        {t("live.retry")}
      </Link>
    </div>
  );
}
