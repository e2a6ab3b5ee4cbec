import { useQuery, useQueryClient } from "@tanstack/react-query";
import { useEffect, useEffectEvent, useRef, useState } from "react";
import { useTranslation } from "react-i18next";

import { getSnapshot } from "@/api/audits";
import { finalStates, followJob, openEvents, pauseFor } from "@/api/events";
import type { Snapshot } from "@/api/types";
import { useCatalogue } from "@/i18n/useCatalogue";
import { announce } from "@/lib/announce";

import { analysisQuery, snapshotQuery } from "./queries";

interface Job {
  snapshot: Snapshot | undefined;
  mode: "live" | "polling";
}

/**
 * The state of a job, live while it runs. As stages end they are read out and the analysis is asked for again, so that
 * their results open.
 */
export function useJob(analysisId: string, jobId: string, isOpen: boolean): Job {
  const queryClient = useQueryClient();
  const [mode, setMode] = useState<"live" | "polling">("live");
  const { data: snapshot } = useQuery({ ...snapshotQuery(jobId), refetchOnWindowFocus: isOpen });
  const seen = useRef<Snapshot | undefined>(undefined);
  const { t } = useTranslation("audits");
  const { say } = useCatalogue();
  const speak = useEffectEvent((ended: Snapshot["stages"], isOver: boolean) => {
    for (const { id, state } of ended) {
      const stage = say(`stages.${id}.title`);
      if (state === "done") announce(t("live.announceDone", { stage }));
      if (state === "failed") announce(t("live.announceFailed", { stage }));
    }
    if (isOver) announce(t("live.announceEnd"));
  });

  useEffect(() => {
    if (!snapshot) return;
    const ended = endedStages(seen.current, snapshot);
    const finished =
      seen.current !== undefined && finalStates.has(snapshot.state) && !finalStates.has(seen.current.state);
    seen.current = snapshot;
    speak(ended, finished && snapshot.state === "done");
    if (ended.length > 0 || finished) {
      void queryClient.invalidateQueries({ queryKey: analysisQuery(analysisId).queryKey });
    }
    if (finished) void queryClient.invalidateQueries({ queryKey: ["audits", "list"] });
  }, [snapshot, analysisId, queryClient]);

  useEffect(() => {
    if (!isOpen) return;
    const abort = new AbortController();
    const transport = {
      open: (lastId: string | null, signal: AbortSignal) => openEvents(jobId, lastId, signal),
      poll: (signal: AbortSignal) => getSnapshot(jobId, signal),
      wait: pauseFor,
    };
    const sink = {
      onSnapshot: (next: Snapshot) => queryClient.setQueryData(snapshotQuery(jobId).queryKey, next),
      onMode: setMode,
    };
    void followJob(transport, sink, abort.signal).catch(() =>
      queryClient.invalidateQueries({ queryKey: analysisQuery(analysisId).queryKey }),
    );
    return () => abort.abort();
  }, [analysisId, jobId, isOpen, queryClient]);

  return { snapshot, mode };
}

/** Stages that ended between two snapshots. */
export function endedStages(before: Snapshot | undefined, after: Snapshot): Snapshot["stages"] {
  if (!before) return [];
  const open = new Set(
    before.stages.filter((s) => s.state === "waiting" || s.state === "running").map((s) => s.id),
  );
  return after.stages.filter((s) => open.has(s.id) && s.state !== "waiting" && s.state !== "running");
}
