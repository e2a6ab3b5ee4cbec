import { createClient, type Session, type SupabaseClient } from "@supabase/supabase-js";
import { useSyncExternalStore } from "react";

import { ApiError, networkError } from "./problem";
import type { Config } from "./types";

/** Where the API is; the same origin unless set at build time. */
export const apiBase: string =
  (import.meta.env.VITE_API_BASE as string | undefined)?.replace(/\/$/, "") ?? "";

export type SessionState =
  | { state: "loading" }
  /** `left` when the person signed out here; else the session ended by itself. */
  | { state: "out"; left: boolean }
  | { state: "in"; session: Session };

let config: Promise<Config> | null = null;
let client: Promise<SupabaseClient> | null = null;
let current: SessionState = { state: "loading" };
let leaving = false;
const listeners = new Set<() => void>();

/** The server's public configuration, asked once; a failure is asked again next time. */
export function loadConfig(): Promise<Config> {
  config ??= fetch(`${apiBase}/api/v1/config`)
    .catch(() => {
      throw networkError();
    })
    .then((answer) => {
      if (!answer.ok) throw new ApiError({ title: "config", status: answer.status, slug: "unknown" });
      return answer.json() as Promise<Config>;
    })
    .catch((error: unknown) => {
      config = null;
      throw error;
    });
  return config;
}

/** The sign-in client: supabase-js, against Supabase or against Fine's own service of the same protocol. */
export function auth(): Promise<SupabaseClient> {
  client ??= connect().catch((error: unknown) => {
    client = null;
    throw error;
  });
  return client;
}

async function connect(): Promise<SupabaseClient> {
  const server = await loadConfig();
  const url =
    (import.meta.env.VITE_SUPABASE_URL as string | undefined) ||
    server.auth.url ||
    apiBase ||
    location.origin;
  const key =
    (import.meta.env.VITE_SUPABASE_ANON_KEY as string | undefined) || server.auth.anon_key || "fine";
  const made = createClient(new URL(url, location.origin).href.replace(/\/$/, ""), key, {
    auth: {
      storageKey: "fine.session",
      persistSession: true,
      autoRefreshToken: true,
      detectSessionInUrl: true,
    },
  });
  made.auth.onAuthStateChange((_event, session) => {
    set(session ? { state: "in", session } : { state: "out", left: leaving });
  });
  const { data } = await made.auth.getSession();
  set(data.session ? { state: "in", session: data.session } : { state: "out", left: false });
  return made;
}

function set(next: SessionState): void {
  current = next;
  for (const listener of listeners) listener();
}

/** The session once it is known. */
export async function currentSession(): Promise<Session | null> {
  const { data } = await (await auth()).auth.getSession();
  return data.session;
}

/** A new token, or `null` when the session is over. */
export async function refreshToken(): Promise<string | null> {
  const { data, error } = await (await auth()).auth.refreshSession();
  return error ? null : (data.session?.access_token ?? null);
}

/** Ends the session because the person wants to leave. */
export async function signOut(): Promise<void> {
  leaving = true;
  try {
    await (await auth()).auth.signOut();
  } finally {
    leaving = false;
  }
}

/** Forgets the session on this device, when the server no longer takes it. */
export async function forgetSession(): Promise<void> {
  await (await auth()).auth.signOut({ scope: "local" });
}

export function useSession(): SessionState {
  return useSyncExternalStore(
    (listener) => {
      listeners.add(listener);
      return () => listeners.delete(listener);
    },
    () => current,
  );
}
