import { useTranslation } from "react-i18next";

import { Preferences } from "./Preferences";

/** The foot of every page: the promise, the version, language and theme. */
export function Footer({ version, apiDocs }: { version: string | undefined; apiDocs: string }) {
  const { t } = useTranslation();
  return (
    <footer className="border-t border-line print:hidden">
      <div className="mx-auto flex w-full max-w-7xl flex-wrap items-center justify-between gap-x-6 gap-y-3 px-4 py-4 text-sm text-ink-muted sm:px-6">
        <p className="flex flex-wrap gap-x-4 gap-y-1">
          <span>{version ? t("footer.version", { version }) : t("name")}</span>
          <span>{t("footer.promise")}</span>
          <a href={apiDocs} className="text-accent-ink underline-offset-2 hover:underline">
            {t("footer.api")}
          </a>
        </p>
        <Preferences />
      </div>
    </footer>
  );
}
