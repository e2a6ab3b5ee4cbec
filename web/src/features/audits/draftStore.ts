import { useSyncExternalStore } from "react";

import { type Draft, type DraftEvent, draftReducer, emptyDraft, parseDraft } from "./draft";

const KEY = "fine.draft";
const listeners = new Set<() => void>();
let draft: Draft | null = null;

function read(): Draft {
  draft ??= parseDraft(storage()?.getItem(KEY) ?? null);
  return draft;
}

function storage(): Storage | null {
  try {
    return sessionStorage;
  } catch {
    return null;
  }
}

function write(next: Draft): void {
  draft = next;
  storage()?.setItem(KEY, JSON.stringify(next));
  for (const listener of listeners) listener();
}

/** Changes the draft; it is kept for this tab until the audit is started. */
export function updateDraft(event: DraftEvent): void {
  write(draftReducer(read(), event));
}

/** Starts over. */
export function clearDraft(): void {
  write(emptyDraft);
}

export function useDraft(): Draft {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, read);
}
