import { queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";

import { type Exchange, forgetQuestions, listQuestions } from "@/api/questions";

export const questionsQuery = (id: string) =>
  queryOptions({
    queryKey: ["audits", "questions", id],
    queryFn: ({ signal }) => listQuestions(id, signal),
  });

export function useForgetQuestions(id: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: () => forgetQuestions(id),
    onSuccess: () =>
      queryClient.setQueryData(questionsQuery(id).queryKey, (old) => old && { ...old, items: [] }),
  });
}

/** Puts an answered question into the history, and asks for the history where there is none yet. */
export function useRemember(id: string): (exchange: Exchange) => Promise<void> {
  const queryClient = useQueryClient();
  return async (exchange) => {
    const { queryKey } = questionsQuery(id);
    await queryClient.cancelQueries({ queryKey });
    const kept = queryClient.setQueryData(
      queryKey,
      (old) => old && { ...old, items: [...old.items.filter((e) => e.id !== exchange.id), exchange] },
    );
    if (!kept) await queryClient.invalidateQueries({ queryKey });
  };
}
