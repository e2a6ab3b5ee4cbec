import { infiniteQueryOptions, queryOptions, useMutation, useQueryClient } from "@tanstack/react-query";

import {
  chooseReading,
  deleteFile,
  type FileKind,
  getDataset,
  getModel,
  listDatasets,
  listModels,
} from "@/api/files";
import type { ModelReading } from "@/api/types";

export const datasetsQuery = infiniteQueryOptions({
  queryKey: ["datasets", "list"],
  queryFn: ({ pageParam, signal }) => listDatasets(pageParam, signal),
  initialPageParam: undefined as string | undefined,
  getNextPageParam: (page) => page.next_cursor ?? undefined,
});

export const modelsQuery = infiniteQueryOptions({
  queryKey: ["models", "list"],
  queryFn: ({ pageParam, signal }) => listModels(pageParam, signal),
  initialPageParam: undefined as string | undefined,
  getNextPageParam: (page) => page.next_cursor ?? undefined,
});

export const datasetQuery = (id: string) =>
  queryOptions({
    queryKey: ["datasets", "one", id],
    queryFn: ({ signal }) => getDataset(id, signal),
    staleTime: 5 * 60_000,
  });

export const modelQuery = (id: string) =>
  queryOptions({
    queryKey: ["models", "one", id],
    queryFn: ({ signal }) => getModel(id, signal),
    staleTime: 5 * 60_000,
  });

/** Reads a model anew, as another part of its file or behind other files. */
export function useModelReading(id: string) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (reading: ModelReading) => chooseReading(id, reading),
    onSuccess: (model) => {
      queryClient.setQueryData(modelQuery(id).queryKey, model);
      return queryClient.invalidateQueries({ queryKey: ["models", "list"] });
    },
  });
}

export function useDeleteFile(kind: FileKind) {
  const queryClient = useQueryClient();
  return useMutation({
    mutationFn: (id: string) => deleteFile(kind, id),
    onSuccess: (_, id) => {
      queryClient.removeQueries({ queryKey: [kind, "one", id] });
      return queryClient.invalidateQueries({ queryKey: [kind, "list"] });
    },
  });
}
