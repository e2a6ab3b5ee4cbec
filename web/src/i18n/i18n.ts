import i18next, { type i18n } from "i18next";
import { initReactI18next } from "react-i18next";

import type words from "./en";

export type Language = "en" | "es";
export const languages: readonly Language[] = ["en", "es"];

const STORED = "fine.language";

declare module "i18next" {
  interface CustomTypeOptions {
    defaultNS: "shell";
    resources: typeof words;
    returnNull: false;
  }
}

/** The language chosen before, else the browser's, else English. */
export function preferredLanguage(): Language {
  const stored = readStored();
  const wanted = stored ? [stored] : navigator.languages;
  for (const tag of wanted) {
    const short = tag.slice(0, 2).toLowerCase();
    if (short === "en" || short === "es") return short;
  }
  return "en";
}

function readStored(): string | null {
  try {
    return localStorage.getItem(STORED);
  } catch {
    return null;
  }
}

const load: Record<Language, () => Promise<{ default: typeof words }>> = {
  en: () => import("./en"),
  es: () => import("./es") as unknown as Promise<{ default: typeof words }>,
};

async function addWords(instance: i18n, language: Language): Promise<void> {
  const { default: namespaces } = await load[language]();
  for (const [ns, tree] of Object.entries(namespaces))
    instance.addResourceBundle(language, ns, tree, true, true);
}

/** Starts the words in one language; the other loads when it is chosen. */
export async function startWords(language: Language = preferredLanguage()): Promise<i18n> {
  if (!i18next.isInitialized) {
    await i18next.use(initReactI18next).init({
      lng: language,
      fallbackLng: false,
      resources: {},
      ns: ["shell"],
      defaultNS: "shell",
      interpolation: { escapeValue: false },
      returnNull: false,
      react: { useSuspense: false },
    });
  }
  await addWords(i18next, language);
  await i18next.changeLanguage(language);
  document.documentElement.lang = language;
  return i18next;
}

/** Switches the language, remembers the choice and tells the document. */
export async function chooseLanguage(language: Language): Promise<void> {
  await addWords(i18next, language);
  await i18next.changeLanguage(language);
  document.documentElement.lang = language;
  try {
    localStorage.setItem(STORED, language);
  } catch {
    // Storage may be blocked: the choice holds for this page only.
  }
}
