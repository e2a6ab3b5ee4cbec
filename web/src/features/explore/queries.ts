import { queryOptions, useMutation } from "@tanstack/react-query";

import type { ChangeAsk, Changes } from "@/api/asked";
import { askWhatIf, explainRow, findChanges, measureCohort } from "@/api/audits";

/** Nothing of a finished audit changes: what was asked once is not asked again. */
const settled = { staleTime: Infinity, retry: false } as const;

/** Rows count from 0 here, as in the API. */
export const rowQuery = (id: string, row: number) =>
  queryOptions({
    queryKey: ["audits", "row", id, row],
    queryFn: ({ signal }) => explainRow(id, row, signal),
    ...settled,
  });

/** The row with the effect of a feature. */
export const effectQuery = (id: string, row: number, feature: string) =>
  queryOptions({
    queryKey: ["audits", "row", id, row, feature],
    queryFn: ({ signal }) => explainRow(id, row, signal, feature),
    ...settled,
  });

/** What would change the answer; `null` before there is something to search. */
export const changesQuery = (id: string, row: number, ask: ChangeAsk | null) =>
  queryOptions({
    queryKey: ["audits", "changes", id, row, ask],
    queryFn: ({ signal }) => findChanges(id, row, ask ?? {}, signal),
    enabled: ask !== null,
    ...settled,
  });

export const cohortQuery = (id: string, filter: string) =>
  queryOptions({
    queryKey: ["audits", "cohort", id, filter],
    queryFn: ({ signal }) => measureCohort(id, filter, signal),
    enabled: filter !== "",
    ...settled,
  });

export function useWhatIf(id: string, row: number) {
  return useMutation({
    mutationFn: ({ changes, feature }: { changes: Changes; feature: string | null }) =>
      askWhatIf(id, { row, changes, ...(feature === null ? {} : { feature }) }),
  });
}
