import { useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { Answer } from "@/api/Answer";
import { ErrorAlert } from "@/api/ErrorAlert";
import type { Narrative } from "@/api/narrative";
import type { AuditResult } from "@/api/types";
import { announce } from "@/lib/announce";
import { Alert } from "@/ui/Alert";
import { Button } from "@/ui/Button";
import { Skeleton } from "@/ui/Skeleton";

import { narrativeQuery, useWriting } from "./narrative-queries";
import { NarrativeText } from "./narrative-text";
import { Writing } from "./narrative-writing";
import type { StageLink } from "./types";

/** Where the settings of a language model are explained. */
const DOCS = "https://github.com/fine-audit/fine/blob/main/docs/configuration.md";

interface NarrativePartProps {
  /** The analysis. */
  id: string;
  result: AuditResult;
  StageLink: StageLink;
}

/** The result told by a language model, where there is one: every sentence with what it stands on. */
export function NarrativePart(props: NarrativePartProps) {
  const { i18n } = useTranslation("results");
  const language = i18n.language === "es" ? "es" : "en";
  return <InLanguage key={language} language={language} {...props} />;
}

function InLanguage({
  id,
  result,
  StageLink,
  language,
}: NarrativePartProps & { language: Narrative["language"] }) {
  const { t } = useTranslation("results");
  const query = useQuery(narrativeQuery(id, language));
  const write = useWriting(id, language);
  const start = () =>
    write.mutate(undefined, {
      onSuccess: ({ state }) => announce(t(state === "written" ? "narrative.ready" : "narrative.failed")),
    });
  return (
    <section aria-label={t("narrative.title")} className="flex min-w-0 flex-col gap-4">
      <h2 className="text-xl font-semibold">{t("narrative.title")}</h2>
      <Answer query={query} skeleton={<TextSkeleton />}>
        {(narrative) =>
          write.isPending ? (
            <Writing onStop={write.stop} />
          ) : (
            <>
              {write.isError ? <ErrorAlert error={write.error} onRetry={start} /> : null}
              <Told {...{ narrative, result, StageLink }} onWrite={start} />
            </>
          )
        }
      </Answer>
    </section>
  );
}

interface ToldProps extends Omit<NarrativePartProps, "id"> {
  narrative: Narrative;
  onWrite: () => void;
}

function Told({ narrative, result, StageLink, onWrite }: ToldProps) {
  const { t } = useTranslation("results");
  switch (narrative.state) {
    case "off":
      return <Off />;
    case "missing":
      return (
        <div className="flex flex-wrap items-center justify-between gap-x-6 gap-y-3 rounded-lg border border-dashed border-line px-4 py-4">
          <p className="max-w-[75ch] text-ink-muted">{t("narrative.missing")}</p>
          <Button onPress={onWrite}>{t("narrative.write")}</Button>
        </div>
      );
    case "failed":
      return (
        <Alert
          tone="warning"
          isLive={false}
          title={t("narrative.failed")}
          actions={
            <Button size="sm" onPress={onWrite}>
              {t("narrative.again")}
            </Button>
          }
        >
          {narrative.problem ? `${t(`narrative.problems.${narrative.problem}`)} ` : null}
          {t("narrative.failedText")}
        </Alert>
      );
    case "written":
      return <NarrativeText {...{ narrative, result, StageLink, onWrite }} />;
  }
}

/** Nothing is missing without a language model; what one would add, and how to have it. */
function Off() {
  const { t } = useTranslation("results");
  return (
    <p className="max-w-[90ch] text-sm text-ink-muted">
      {t("narrative.off")} {t("narrative.offAdds")}{" "}
      <a
        href={DOCS}
        rel="noreferrer"
        target="_blank"
        className="text-accent-ink underline underline-offset-4"
      >
        {t("narrative.offHow")}
      </a>
    </p>
  );
}

function TextSkeleton() {
  return (
    <div className="card flex flex-col gap-2.5 px-4 py-4 sm:px-5">
      <Skeleton />
      <Skeleton />
      <Skeleton className="max-w-72" />
    </div>
  );
}
