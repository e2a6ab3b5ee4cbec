import { useCallback, useEffect, useRef } from "react";
import { useTranslation } from "react-i18next";

import { ErrorAlert } from "@/api/ErrorAlert";
import type { FileKind } from "@/api/files";
import { asApiError } from "@/api/problem";
import type { Dataset, Model } from "@/api/types";
import { announce } from "@/lib/announce";
import { useFormat } from "@/lib/format";
import { Alert } from "@/ui/Alert";
import { Button } from "@/ui/Button";
import { FileDrop } from "@/ui/FileDrop";
import { Progress } from "@/ui/Progress";

import type { Refusal } from "./sniff";
import { passedQuarter, type UploadState } from "./upload";
import { useUpload } from "./useUpload";

interface UploadPanelProps {
  kind: FileKind;
  /** Largest size that the server takes, in bytes. */
  limit: number;
  onReady: (saved: { id: string; filename: string }) => void;
}

/** Takes one file and brings it to the server, or says why not. */
export function UploadPanel({ kind, limit, onReady }: UploadPanelProps) {
  const { t } = useTranslation("uploads");
  const format = useFormat();
  const ready = useRef(onReady);
  useEffect(() => {
    ready.current = onReady;
  });
  const take = useCallback((saved: Dataset | Model) => ready.current(saved), []);
  const { state, choose, send, cancel, reset } = useUpload(kind, limit, take);
  useProgressWords(state);

  if (state.phase === "checking" || state.phase === "uploading" || state.phase === "verifying") {
    return <Sending state={state} onCancel={cancel} />;
  }
  return (
    <div className="flex flex-col gap-3">
      {state.phase === "refused" ? (
        <Alert tone="error" title={t("refused.title", { name: state.file.name })}>
          <RefusalWords refusal={state.refusal} />
        </Alert>
      ) : null}
      {state.phase === "failed" ? (
        <div className="flex flex-col gap-1.5">
          <p className="text-sm font-medium">{t("failed", { name: state.file.name })}</p>
          <ErrorAlert error={state.error} onRetry={isWorthRetry(state.error) ? send : undefined} />
        </div>
      ) : null}
      {state.phase === "ready" ? (
        <Alert tone="success" title={t("ready", { name: state.file.name })} />
      ) : null}
      {state.phase === "duplicate" ? (
        <Alert
          tone="info"
          title={t("duplicate.title", { name: state.existing.filename })}
          actions={
            <>
              <Button
                size="sm"
                look="primary"
                onPress={() => {
                  onReady(state.existing);
                  reset();
                }}
              >
                {t("duplicate.use")}
              </Button>
              <Button size="sm" onPress={send}>
                {t("duplicate.send")}
              </Button>
            </>
          }
        >
          {t("duplicate.body")}
        </Alert>
      ) : null}
      <FileDrop
        label={t(`${kind}.drop`)}
        prompt={t(`${kind}.prompt`)}
        button={t("choose")}
        hint={t(`${kind}.hint`, { limit: format.bytes(limit) })}
        onFile={choose}
      />
    </div>
  );
}

/** The same file may be taken the next time: no answer, too many requests, a fault of the server. */
function isWorthRetry(error: unknown): boolean {
  const { status } = asApiError(error);
  return status === 0 || status === 401 || status === 429 || status >= 500;
}

type Busy = Extract<UploadState, { phase: "checking" | "uploading" | "verifying" }>;

function Sending({ state, onCancel }: { state: Busy; onCancel: () => void }) {
  const { t } = useTranslation("uploads");
  const format = useFormat();
  const value = state.phase === "uploading" ? state.sent / Math.max(1, state.file.size) : undefined;
  const detail =
    state.phase === "uploading"
      ? [
          t("sent", { sent: format.bytes(state.sent), total: format.bytes(state.file.size) }),
          state.rate ? t("rate", { rate: format.bytes(state.rate) }) : null,
        ]
          .filter(Boolean)
          .join(" · ")
      : t(state.phase);
  return (
    <div className="card flex items-center gap-4 p-4">
      <Progress label={state.file.name} value={value} detail={detail} />
      <Button size="sm" onPress={onCancel}>
        {t("cancel")}
      </Button>
    </div>
  );
}

/** Why the file was not sent, in words. */
export function RefusalWords({ refusal }: { refusal: Refusal }) {
  const { t } = useTranslation("uploads");
  const format = useFormat();
  switch (refusal.reason) {
    case "too-large":
      return t("refused.too-large", { limit: format.bytes(refusal.limit) });
    case "not-a-table":
      return t(refusal.found === "pickle" ? "refused.pickle-as-table" : "refused.not-a-table");
    case "not-a-model":
      return t(
        refusal.found === "parquet" || refusal.found === "arrow"
          ? "refused.table-as-model"
          : "refused.not-a-model",
      );
    default:
      return t(`refused.${refusal.reason}`);
  }
}

/** Reads out the upload at each quarter and at its end. */
function useProgressWords(state: UploadState) {
  const { t } = useTranslation("uploads");
  const before = useRef(0);
  const share = state.phase === "uploading" ? state.sent / Math.max(1, state.file.size) : 0;
  useEffect(() => {
    const quarter = passedQuarter(before.current, share);
    before.current = share;
    if (quarter) announce(t("quarter", { percent: quarter * 25 }));
  }, [share, t]);
  const ready = state.phase === "ready" ? state.file.name : null;
  useEffect(() => {
    if (ready) announce(t("ready", { name: ready }));
  }, [ready, t]);
}
