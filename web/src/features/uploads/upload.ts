import type { Dataset, Model } from "@/api/types";

import type { Refusal } from "./sniff";

export interface FileName {
  name: string;
  size: number;
}

/** Where an upload stands. */
export type UploadState =
  | { phase: "idle" }
  | { phase: "checking"; file: FileName }
  | { phase: "duplicate"; file: FileName; existing: { id: string; filename: string } }
  | { phase: "uploading"; file: FileName; sent: number; startedAt: number; rate: number | null }
  | { phase: "verifying"; file: FileName }
  | { phase: "ready"; file: FileName; saved: Dataset | Model }
  | { phase: "refused"; file: FileName; refusal: Refusal }
  | { phase: "failed"; file: FileName; error: unknown };

export type UploadEvent =
  | { type: "chosen"; file: FileName }
  | { type: "refused"; refusal: Refusal }
  | { type: "known"; existing: { id: string; filename: string } }
  | { type: "started"; now: number }
  | { type: "sent"; bytes: number; now: number }
  | { type: "saved"; saved: Dataset | Model }
  | { type: "failed"; error: unknown }
  | { type: "reset" };

export const idle: UploadState = { phase: "idle" };

/** The next state; an event that makes no sense in a state changes nothing. */
export function uploadReducer(state: UploadState, event: UploadEvent): UploadState {
  if (event.type === "reset") return idle;
  if (event.type === "chosen") return isBusy(state) ? state : { phase: "checking", file: event.file };
  if (state.phase === "idle") return state;
  const { file } = state;
  switch (event.type) {
    case "refused":
      return state.phase === "checking" ? { phase: "refused", file, refusal: event.refusal } : state;
    case "known":
      return state.phase === "checking" ? { phase: "duplicate", file, existing: event.existing } : state;
    case "started":
      return state.phase === "checking" || state.phase === "duplicate" || state.phase === "failed"
        ? { phase: "uploading", file, sent: 0, startedAt: event.now, rate: null }
        : state;
    case "sent":
      return state.phase === "uploading" ? progressed(state, event.bytes, event.now) : state;
    case "saved":
      return isBusy(state) ? { phase: "ready", file, saved: event.saved } : state;
    case "failed":
      return isBusy(state) ? { phase: "failed", file, error: event.error } : state;
  }
}

/** True while bytes are on their way or the server reads them. */
export function isBusy(state: UploadState): boolean {
  return state.phase === "checking" || state.phase === "uploading" || state.phase === "verifying";
}

function progressed(
  state: Extract<UploadState, { phase: "uploading" }>,
  bytes: number,
  now: number,
): UploadState {
  const sent = Math.min(Math.max(bytes, state.sent), state.file.size);
  if (sent >= state.file.size) return { phase: "verifying", file: state.file };
  const elapsed = now - state.startedAt;
  return { ...state, sent, rate: elapsed >= 1000 ? (sent / elapsed) * 1000 : null };
}

/** The quarter (0 to 3) that was just passed, to be read out; `null` when none was. */
export function passedQuarter(before: number, after: number): number | null {
  const quarter = Math.floor(after * 4);
  return quarter > Math.floor(before * 4) && quarter < 4 ? quarter : null;
}
