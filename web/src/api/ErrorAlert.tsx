import { useTranslation } from "react-i18next";

import { Alert } from "@/ui/Alert";
import { Button } from "@/ui/Button";

import { asApiError } from "./problem";
import { useProblemWords } from "./problem-words";

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
      note={
        [problem.code, requestId && t("error.requestId", { id: requestId })].filter(Boolean).join(" · ") ||
        undefined
      }
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
            <li key={`${e.pointer} ${e.code}`}>
              {words({ slug: e.code, args: e.args ?? null, title: e.detail }).title}
              {e.stable_code ? ` (${e.stable_code})` : null}
            </li>
          ))}
        </ul>
      ) : null}
    </Alert>
  );
}
