import type { TFunction } from "i18next";
import { useTranslation } from "react-i18next";

import { useCatalogue } from "@/i18n/useCatalogue";
import { type Format, useFormat } from "@/lib/format";

import type { Problem } from "./types";

export interface ProblemText {
  title: string;
  /** The server's own words, where the catalogues have none. */
  detail: string | null;
}

type Coded = Pick<Problem, "slug" | "args"> & { title?: string; detail?: string | null };

/** The words of a problem: by its slug where the catalogues know it, else the server's own. */
export function useProblemWords(): (problem: Coded) => ProblemText {
  const { t, i18n } = useTranslation();
  const { say, has } = useCatalogue();
  const format = useFormat();
  return ({ slug, args, title, detail = null }) => {
    if (slug === "network") return { title: t("error.network"), detail: null };
    if (slug === "unknown") return { title: t("error.unknown"), detail };
    const values = readableArgs(slug, args ?? {}, format);
    if (i18n.exists(`problems.${slug}`, { ns: "shell" })) {
      const words = (t as unknown as TFunction)(`problems.${slug}`, { ...values, defaultValue: slug });
      return { title: words as string, detail: null };
    }
    if (has(`errors.${slug}`)) return { title: say(`errors.${slug}`, values), detail: null };
    return { title: title || t("error.title"), detail };
  };
}

/** Numbers in the form of the language, lists as words, sizes in units. */
export function readableArgs(
  slug: string,
  args: Record<string, unknown>,
  format: Format,
): Record<string, string> {
  const entries = Object.entries(args).map(([name, value]) => {
    if (slug === "too-large" && name === "limit") return [name, format.bytes(Number(value))];
    if (Array.isArray(value)) return [name, listed(value.map(String))];
    return [name, typeof value === "number" ? format.count(value) : String(value)];
  });
  return Object.fromEntries(entries) as Record<string, string>;
}

const LISTED = 20;

function listed(items: string[]): string {
  const shown = items.slice(0, LISTED).join(", ");
  return items.length > LISTED ? `${shown}, …` : shown;
}
