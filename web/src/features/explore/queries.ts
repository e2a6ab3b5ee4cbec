import { queryOptions, useMutation } from "@tanstack/react-query";

import type { Changes } from "@/api/asked";
import { askWhatIf, explainRow, measureCohort } from "@/api/audits";

/** Nothing of a finished audit changes: what was asked once is not asked again. */
const settled = { staleTime: Infinity, retry: false } as const;

/** Rows count from 0 here, as in the API. */
export const rowQuery = (id: string, row: number) =>
  queryOptions({
    queryKey: ["audits", "row", id, row],
    queryFn: ({ signal }) => explainRow(id, row, signal),
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
