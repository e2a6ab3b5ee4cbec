import { infiniteQueryOptions, queryOptions } from "@tanstack/react-query";

import { compareAudits, getAnalysis, listAnalyses } from "@/api/audits";

/** The same place in the cache as the analysis on its own page. */
export const partyQuery = (id: string) =>
  queryOptions({
    queryKey: ["audits", "one", id],
    queryFn: ({ signal }) => getAnalysis(id, signal),
    staleTime: (query) => (query.state.data?.result ? Infinity : 0),
  });

/** Finished analyses whose table has this name; the list itself is not by table. */
export const candidatesQuery = (filename: string) =>
  infiniteQueryOptions({
    queryKey: ["audits", "list", "of", filename],
    queryFn: ({ pageParam, signal }) => listAnalyses({ q: filename, state: "done" }, pageParam, signal),
    initialPageParam: undefined as string | undefined,
    getNextPageParam: (page) => page.next_cursor ?? undefined,
  });

/** Both audits are finished: what they say differently never changes. */
export const comparisonQuery = (old: string, next: string) =>
  queryOptions({
    queryKey: ["audits", "comparison", old, next],
    queryFn: ({ signal }) => compareAudits({ old, new: next }, signal),
    staleTime: Infinity,
    retry: false,
  });
