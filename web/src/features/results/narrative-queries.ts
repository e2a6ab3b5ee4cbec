import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";
import { useEffect, useRef } from "react";

import { getNarrative, type Narrative, writeNarrative } from "@/api/narrative";

type Language = Narrative["language"];

export const narrativeQuery = (id: string, language: Language) =>
  queryOptions({
    queryKey: ["audits", "narrative", id, language],
    queryFn: ({ signal }) => getNarrative(id, language, signal),
    staleTime: Infinity,
    retry: false,
  });

/** Has the narrative written; leaving the page stops it. */
export function useWriting(id: string, language: Language) {
  const queryClient = useQueryClient();
  const running = useRef<AbortController | null>(null);
  const write = useMutation({
    mutationFn: () => {
      const abort = new AbortController();
      running.current = abort;
      return writeNarrative(id, language, abort.signal);
    },
    onSuccess: (written) => queryClient.setQueryData(narrativeQuery(id, written.language).queryKey, written),
  });
  useEffect(() => () => running.current?.abort(), []);
  const stop = () => {
    running.current?.abort();
    write.reset();
  };
  return { ...write, stop };
}
