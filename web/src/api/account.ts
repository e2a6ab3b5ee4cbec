import { call, callJson } from "./client";
import type { ApiKeyList, KeyScope, MadeApiKey, Page, TrailItem } from "./types";

export const listKeys = (signal?: AbortSignal) =>
  callJson<ApiKeyList>("/account/keys", signal ? { signal } : {});

export interface NewApiKey {
  name: string;
  scopes: KeyScope[];
  expires_in_days: number;
}

export const makeKey = (key: NewApiKey) =>
  callJson<MadeApiKey>("/account/keys", { method: "POST", body: key });

export const revokeKey = (id: string) => call(`/account/keys/${id}`, { method: "DELETE" });

export const listTrail = (cursor: string | undefined, signal?: AbortSignal) =>
  callJson<Page<TrailItem>>("/account/trail", {
    query: { cursor, limit: 10 },
    ...(signal ? { signal } : {}),
  });

export const exportAccount = async () => (await call("/account/export")).blob();

export const deleteAccount = (password: string | undefined) =>
  call("/account", { method: "DELETE", body: password ? { password } : {} });
