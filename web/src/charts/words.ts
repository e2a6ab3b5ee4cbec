import i18next, { type i18n } from "i18next";
import { useTranslation } from "react-i18next";

export type Say = (key: string, values?: Record<string, unknown>) => string;

export interface Words {
  [key: string]: string | Words;
}

/** Adds a catalogue that travels with a lazily loaded module; answers its namespace. */
export function addWords(namespace: string, catalogues: { en: Words; es: Words }): string {
  const add = (instance: i18n) => {
    instance.addResourceBundle("en", namespace, catalogues.en, true, true);
    instance.addResourceBundle("es", namespace, catalogues.es, true, true);
  };
  if (i18next.isInitialized) add(i18next);
  else i18next.on("initialized", () => add(i18next));
  return namespace;
}

/** Words of a namespace whose keys are made at run time. */
export function useWords(namespace: string): Say {
  const { t } = useTranslation(namespace as "charts");
  return t as unknown as Say;
}

export function useChartWords(): Say {
  return useWords("charts");
}
