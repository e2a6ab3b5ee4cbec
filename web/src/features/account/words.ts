import { useTranslation } from "react-i18next";

import { ApiError } from "@/api/problem";
import type words from "./en.json";

type Code = keyof (typeof words)["errors"];

/** An error of the sign-in service in words. */
export function useAuthErrorWords(): (error: unknown) => string {
  const { t, i18n } = useTranslation("account");
  return (error) => {
    const code = codeOf(error);
    if (i18n.exists(`errors.${code}`, { ns: "account" }) && code !== "unknown")
      return t(`errors.${code as Code}`);
    return t("errors.unknown", { message: error instanceof Error ? error.message : String(error) });
  };
}

function codeOf(error: unknown): string {
  if (error instanceof ApiError) return error.slug;
  if (typeof error === "object" && error !== null) {
    const { name, code, status } = error as { name?: string; code?: string; status?: number };
    if (name === "AuthRetryableFetchError" || status === 0) return "network";
    if (status === 429) return "over_request_rate_limit";
    if (code) return code;
  }
  return "unknown";
}

/** Good enough to send: the service decides. */
export function looksLikeEmail(text: string): boolean {
  return /^\S+@\S+\.\S+$/.test(text.trim());
}
