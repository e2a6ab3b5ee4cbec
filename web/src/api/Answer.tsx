import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { Loading } from "@/ui/Skeleton";

import { ErrorAlert } from "./ErrorAlert";

interface AnswerProps<T> {
  query: { data: T | undefined; error: unknown; isFetching: boolean; refetch: () => unknown };
  /** The shape of what will come. */
  skeleton: ReactNode;
  children: (data: T) => ReactNode;
}

/**
 * One of: loading (skeleton after 200 ms), error with retry, or the data. Data that is there stays in view when a
 * later refresh fails, with the error above it.
 */
export function Answer<T>({ query, skeleton, children }: AnswerProps<T>) {
  const { t } = useTranslation();
  const error = query.error ? (
    <ErrorAlert error={query.error} onRetry={() => void query.refetch()} isRetrying={query.isFetching} />
  ) : null;
  if (query.data !== undefined) {
    return (
      <>
        {error ? <div className="mb-4">{error}</div> : null}
        {children(query.data)}
      </>
    );
  }
  return error ?? <Loading label={t("loading")}>{skeleton}</Loading>;
}
