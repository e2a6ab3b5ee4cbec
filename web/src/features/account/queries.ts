import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";

import { deleteAccount, exportAccount, listKeys, listTrail, makeKey, revokeKey } from "@/api/account";
import { forgetSession } from "@/api/session";
import { saveBlob } from "@/lib/save";

export const keysQuery = queryOptions({
  queryKey: ["account", "keys"],
  queryFn: ({ signal }) => listKeys(signal),
});

export const trailQuery = infiniteQueryOptions({
  queryKey: ["account", "trail"],
  queryFn: ({ pageParam, signal }) => listTrail(pageParam, signal),
  initialPageParam: undefined as string | undefined,
  getNextPageParam: (page) => page.next_cursor ?? undefined,
});

export function useMakeKey() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: makeKey,
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ["account"] }),
  });
}

export function useRevokeKey() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: revokeKey,
    onSuccess: () => queryClient.invalidateQueries({ queryKey: ["account"] }),
  });
}

export function useExport() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: exportAccount,
    onSuccess: (blob) => {
      saveBlob(blob, "fine-account.tar");
      return queryClient.invalidateQueries({ queryKey: trailQuery.queryKey });
    },
  });
}

export function useDeleteAccount() {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: deleteAccount,
    onSuccess: async () => {
      await forgetSession();
      queryClient.clear();
    },
  });
}
