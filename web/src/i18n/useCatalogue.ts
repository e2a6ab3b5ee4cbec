import type { TFunction } from "i18next";
import { useCallback } from "react";
import { useTranslation } from "react-i18next";

/** Values for the placeholders of a sentence. */
export type Args = Record<string, unknown>;

export interface Catalogue {
  /** The words of a key of the shared catalogue; `fallback` (else the key) when it has none. */
  say: (key: string, args?: Args, fallback?: string) => string;
  has: (key: string) => boolean;
}

/**
 * Words of the catalogue that the engine's ids point to (checks, findings, stages, errors, reasons).
 * Its keys are made at run time, so they are strings here; the report crate tests that every id has words.
 */
export function useCatalogue(): Catalogue {
  const { t, i18n } = useTranslation("catalogue");
  const language = i18n.language;
  const say = useCallback(
    (key: string, args: Args = {}, fallback?: string) =>
      (t as unknown as TFunction)(key, { ...args, defaultValue: fallback ?? key, lng: language }) as string,
    [t, language],
  );
  const has = useCallback(
    (key: string) => i18n.exists(key, { ns: "catalogue", lng: language }),
    [i18n, language],
  );
  return { say, has };
}
