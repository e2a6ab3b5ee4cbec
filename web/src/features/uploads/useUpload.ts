import { useQueryClient } from "@tanstack/react-query";
import { useCallback, useEffect, useReducer, useRef } from "react";

import { type FileKind, type Upload, uploadFile } from "@/api/files";
import type { Dataset, Model, Page } from "@/api/types";
import { sha256 } from "@/lib/hash";

import { refusal } from "./sniff";
import { idle, isBusy, uploadReducer, type UploadState } from "./upload";

interface UseUpload {
  state: UploadState;
  choose: (file: File) => void;
  /** Sends the chosen file: again after a failure, or in spite of the same file being there. */
  send: () => void;
  cancel: () => void;
  reset: () => void;
}

/** Runs the effects of one upload: the checks, the sending, the guard against leaving the page. */
export function useUpload(
  kind: FileKind,
  limit: number,
  onReady: (saved: Dataset | Model) => void,
): UseUpload {
  const [state, dispatch] = useReducer(uploadReducer, idle);
  const file = useRef<File | null>(null);
  const running = useRef<Upload | null>(null);
  const turn = useRef(0);
  const queryClient = useQueryClient();
  const busy = isBusy(state);

  useEffect(() => {
    if (!busy) return;
    const guard = (event: BeforeUnloadEvent) => event.preventDefault();
    window.addEventListener("beforeunload", guard);
    return () => window.removeEventListener("beforeunload", guard);
  }, [busy]);

  useEffect(() => () => running.current?.cancel(), []);

  const send = useCallback(() => {
    const chosen = file.current;
    if (!chosen) return;
    const mine = (turn.current += 1);
    dispatch({ type: "started", now: performance.now() });
    const upload = uploadFile(kind, chosen, (bytes) => {
      if (mine === turn.current) dispatch({ type: "sent", bytes, now: performance.now() });
    });
    running.current = upload;
    upload.done.then(
      (saved) => {
        if (mine !== turn.current) return;
        dispatch({ type: "saved", saved });
        void queryClient.invalidateQueries({ queryKey: [kind, "list"] });
        onReady(saved);
      },
      (error: unknown) => {
        if (mine === turn.current) dispatch({ type: "failed", error });
      },
    );
  }, [kind, onReady, queryClient]);

  const choose = useCallback(
    (chosen: File) => {
      const mine = (turn.current += 1);
      file.current = chosen;
      dispatch({ type: "reset" });
      dispatch({ type: "chosen", file: { name: chosen.name, size: chosen.size } });
      void (async () => {
        const head = new Uint8Array(await chosen.slice(0, 64).arrayBuffer());
        const refused = refusal(kind, chosen.size, limit, head);
        if (mine !== turn.current) return;
        if (refused) return dispatch({ type: "refused", refusal: refused });
        const digest = await sha256(chosen);
        if (mine !== turn.current) return;
        const existing = digest ? findByDigest(queryClient.getQueryData([kind, "list"]), digest) : undefined;
        if (existing) dispatch({ type: "known", existing });
        else send();
      })().catch((error: unknown) => {
        if (mine === turn.current) dispatch({ type: "failed", error });
      });
    },
    [kind, limit, queryClient, send],
  );

  const reset = useCallback(() => {
    turn.current += 1;
    running.current?.cancel();
    running.current = null;
    dispatch({ type: "reset" });
  }, []);

  return { state, choose, send, cancel: reset, reset };
}

function findByDigest(data: unknown, digest: string): Dataset | Model | undefined {
  const pages = (data as { pages?: Page<Dataset | Model>[] } | undefined)?.pages ?? [];
  return pages.flatMap((p) => p.items).find((item) => item.sha256 === digest);
}
