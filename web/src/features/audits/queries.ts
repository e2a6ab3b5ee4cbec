import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";

import {
  type AnalysisFilter,
  cancelJob,
  deleteAnalysis,
  getAnalysis,
  getSnapshot,
  listAnalyses,
  listPrepared,
} from "@/api/audits";
import { finalStates } from "@/api/events";

export const analysesQuery = (filter: AnalysisFilter) =>
  infiniteQueryOptions({
    queryKey: ["audits", "list", filter],
    queryFn: ({ pageParam, signal }) => listAnalyses(filter, pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
    placeholderData: (previous) => previous,
    // While an audit of the list runs, the list follows it.
    refetchInterval: (query) =>
      query.state.data?.pages.some((p) => p.items.some((a) => !finalStates.has(a.state))) ? 3000 : false,
  });

export const analysisQuery = (id: string) =>
  queryOptions({
    queryKey: ["audits", "one", id],
    queryFn: ({ signal }) => getAnalysis(id, signal),
    staleTime: (query) => (query.state.data?.result ? Infinity : 0),
  });

export const snapshotQuery = (jobId: string) =>
  queryOptions({
    queryKey: ["audits", "job", jobId],
    queryFn: ({ signal }) => getSnapshot(jobId, signal),
  });

/** Below "list", so that a started or deleted analysis renews it too. */
export const preparedQuery = queryOptions({
  queryKey: ["audits", "list", "prepared"],
  queryFn: ({ signal }) => listPrepared(signal),
});

export function useDeleteAnalysis() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => deleteAnalysis(id),
    onSuccess: (_, id) => {
      queryClient.removeQueries({ queryKey: ["audits", "one", id] });
      return queryClient.invalidateQueries({ queryKey: ["audits", "list"] });
    },
  });
}

export function useCancelJob(jobId: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: () => cancelJob(jobId),
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ["audits"] }),
  });
}
