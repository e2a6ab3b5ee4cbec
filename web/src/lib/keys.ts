import { useEffect, useEffectEvent, useSyncExternalStore } from "react";

export type KeyId = "palette" | "search" | "help";

/** All keys of the product. A single character can be turned off (WCAG 2.1.4); a chord cannot collide with typing. */
export const keyTable: readonly { id: KeyId; key: string; isChord: boolean }[] = [
  { id: "palette", key: "k", isChord: true },
  { id: "search", key: "/", isChord: false },
  { id: "help", key: "?", isChord: false },
];

const STORED = "fine.single-keys";
const listeners = new Set<() => void>();

function allowed(): boolean {
  try {
    return localStorage.getItem(STORED) !== "off";
  } catch {
    return true;
  }
}

/** Turns the single-character keys on or off on this device. */
export function allowSingleKeys(isOn: boolean): void {
  try {
    if (isOn) localStorage.removeItem(STORED);
    else localStorage.setItem(STORED, "off");
  } catch {
    // Storage may be blocked: the choice is not remembered.
  }
  for (const listener of listeners) listener();
}

export function useSingleKeys(): boolean {
  return useSyncExternalStore((listener) => {
    listeners.add(listener);
    return () => listeners.delete(listener);
  }, allowed);
}

type KeyLike = Pick<KeyboardEvent, "key" | "ctrlKey" | "metaKey" | "altKey" | "defaultPrevented" | "target">;

/** Which key of the table was pressed; single characters count only outside of fields and dialogs. */
export function matchKey(event: KeyLike, singleKeys: boolean): KeyId | null {
  if (event.defaultPrevented || event.altKey) return null;
  const chord = event.ctrlKey || event.metaKey;
  const found = keyTable.find((k) => k.key === event.key.toLowerCase() && k.isChord === chord);
  if (!found) return null;
  if (found.isChord) return found.id;
  return singleKeys && !isTyping(event.target) ? found.id : null;
}

function isTyping(target: EventTarget | null): boolean {
  if (!(target instanceof Element)) return false;
  return (
    target.closest("input, textarea, select, [contenteditable], [role=dialog], [role=alertdialog]") !== null
  );
}

/** Calls back when a key of the table is pressed. */
export function useKeys(onKey: (id: KeyId) => void): void {
  const singleKeys = useSingleKeys();
  const press = useEffectEvent((event: KeyboardEvent) => {
    const id = matchKey(event, singleKeys);
    if (!id) return;
    event.preventDefault();
    onKey(id);
  });
  useEffect(() => {
    const listen = (event: KeyboardEvent) => press(event);
    document.addEventListener("keydown", listen);
    return () => document.removeEventListener("keydown", listen);
  }, []);
}

/** How a key is written on this machine. */
export function keyName(id: KeyId): string {
  const found = keyTable.find((k) => k.id === id);
  if (!found?.isChord) return found?.key ?? "";
  const isMac = /Mac|iPhone|iPad/.test(navigator.userAgent);
  return isMac ? `⌘ ${found.key.toUpperCase()}` : `Ctrl ${found.key.toUpperCase()}`;
}
