import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { Answer } from "@/api/Answer";
import type { FileKind } from "@/api/files";
import { loadConfig } from "@/api/session";
import { Button } from "@/ui/Button";
import { EmptyState } from "@/ui/EmptyState";
import { PageTitle } from "@/ui/PageTitle";
import { TableSkeleton } from "@/ui/TableSkeleton";

import { FileList } from "./FileList";
import { datasetsQuery, modelsQuery } from "./queries";
import { UploadPanel } from "./UploadPanel";

interface FilesPageProps {
  kind: FileKind;
  onReady: (file: { id: string }) => void;
}

/** The files of one kind: upload and list. */
export function FilesPage({ kind, onReady }: FilesPageProps) {
  const { t } = useTranslation("uploads");
  const datasets = useInfiniteQuery({ ...datasetsQuery, enabled: kind === "datasets" });
  const models = useInfiniteQuery({ ...modelsQuery, enabled: kind === "models" });
  const config = useQuery({ queryKey: ["config"], queryFn: loadConfig, staleTime: Infinity });
  const query = kind === "datasets" ? datasets : models;
  const limit = config.data?.limits[kind === "datasets" ? "dataset_bytes" : "model_bytes"];
  return (
    <>
      <PageTitle title={t(`${kind}.title`)}>{t(`${kind}.lead`)}</PageTitle>
      {limit ? (
        <div className="mb-6">
          <UploadPanel kind={kind} limit={limit} onReady={onReady} />
        </div>
      ) : null}
      <Answer<unknown> query={query} skeleton={<TableSkeleton />}>
        {() => {
          const empty = (query.data?.pages[0]?.items.length ?? 0) === 0;
          if (empty)
            return <EmptyState title={t(`${kind}.empty.title`)}>{t(`${kind}.empty.body`)}</EmptyState>;
          return (
            <>
              {kind === "datasets" ? (
                <FileList kind="datasets" items={datasets.data?.pages.flatMap((p) => p.items) ?? []} />
              ) : (
                <FileList kind="models" items={models.data?.pages.flatMap((p) => p.items) ?? []} />
              )}
              {query.hasNextPage ? (
                <div className="mt-4 flex justify-center">
                  <Button isPending={query.isFetchingNextPage} onPress={() => void query.fetchNextPage()}>
                    {t("more")}
                  </Button>
                </div>
              ) : null}
            </>
          );
        }}
      </Answer>
    </>
  );
}
