import { useTranslation } from "react-i18next";

import { ErrorAlert } from "@/api/ErrorAlert";
import { ApiError } from "@/api/problem";
import { Alert } from "@/ui/Alert";
import { Button } from "@/ui/Button";

/** A page that could not be drawn: an answer of the API in words, anything else as it is, to be reported. */
export function Crash({ error, onRetry }: { error: unknown; onRetry?: () => void }) {
  const { t } = useTranslation();
  const reload = onRetry ?? (() => window.location.reload());
  return (
    <main id="main" tabIndex={-1} className="mx-auto w-full max-w-3xl flex-1 px-4 py-12">
      <h1 tabIndex={-1} className="mb-4 text-2xl font-semibold">
        {error instanceof ApiError ? t("error.title") : t("error.crash.title")}
      </h1>
      {error instanceof ApiError ? (
        <ErrorAlert error={error} onRetry={reload} />
      ) : (
        <Alert
          tone="error"
          note={error instanceof Error ? `${error.name}: ${error.message}` : String(error)}
          actions={
            <Button size="sm" onPress={reload}>
              {t("error.crash.reload")}
            </Button>
          }
        >
          {t("error.crash.body")}
        </Alert>
      )}
    </main>
  );
}
