import { useTranslation } from "react-i18next";

import { useCatalogue } from "@/i18n/useCatalogue";
import { Alert } from "@/ui/Alert";
import { Button } from "@/ui/Button";

import { asApiError } from "./problem";
import type { Problem } from "./types";

/** The words of a problem: by its slug where the catalogues know it, else the server's own detail. */
export function useProblemWords(): (problem: Problem) => { title: string; detail: string | null } {
  const { t, i18n } = useTranslation();
  const { say, has } = useCatalogue();
  return (problem) => {
    if (problem.slug === "network") return { title: t("error.network"), detail: null };
    if (problem.slug === "unknown") return { title: t("error.unknown"), detail: problem.detail ?? null };
    const key = `problems.${problem.slug}`;
    if (i18n.exists(key, { ns: "shell" })) {
      return { title: t(key as "error.title", problem.args ?? {}), detail: problem.detail ?? null };
    }
    if (has(`errors.${problem.slug}`)) {
      return { title: say(`errors.${problem.slug}`, problem.args ?? {}), detail: problem.detail ?? null };
    }
    return { title: problem.title || t("error.title"), detail: problem.detail ?? null };
  };
}

interface ErrorAlertProps {
  error: unknown;
  onRetry?: (() => void) | undefined;
  isRetrying?: boolean;
}

/** What went wrong, in place: words, fields, request id, and a way to try again. */
export function ErrorAlert({ error, onRetry, isRetrying }: ErrorAlertProps) {
  const { t } = useTranslation();
  const words = useProblemWords();
  const { problem, requestId } = asApiError(error);
  const { title, detail } = words(problem);
  return (
    <Alert
      tone="error"
      title={title}
      note={requestId ? t("error.requestId", { id: requestId }) : undefined}
      actions={
        onRetry ? (
          <Button size="sm" onPress={onRetry} isPending={isRetrying ?? false}>
            {t("retry")}
          </Button>
        ) : null
      }
    >
      {detail && detail !== title ? <p>{detail}</p> : null}
      {problem.errors?.length ? (
        <ul className="mt-1 list-disc pl-4">
          {problem.errors.map((e) => (
            <li key={`${e.pointer} ${e.code}`}>{e.detail}</li>
          ))}
        </ul>
      ) : null}
    </Alert>
  );
}
