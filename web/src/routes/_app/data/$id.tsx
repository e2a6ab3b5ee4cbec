import { useQuery } from "@tanstack/react-query";
import { createFileRoute } from "@tanstack/react-router";
import { Trash2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { Answer } from "@/api/Answer";
import { clearDraft, updateDraft } from "@/features/audits/draftStore";
import { DeleteFileDialog } from "@/features/uploads/DeleteFileDialog";
import { DatasetView } from "@/features/uploads/DatasetView";
import { datasetQuery } from "@/features/uploads/queries";
import { Button } from "@/ui/Button";
import { PageTitle } from "@/ui/PageTitle";
import { DetailSkeleton } from "@/ui/TableSkeleton";

export const Route = createFileRoute("/_app/data/$id")({
  loader: ({ context, params }) => void context.queryClient.prefetchQuery(datasetQuery(params.id)),
  component: Page,
});

function Page() {
  const { t } = useTranslation("uploads");
  const { id } = Route.useParams();
  const navigate = Route.useNavigate();
  const query = useQuery(datasetQuery(id));
  const [deleting, setDeleting] = useState(false);
  const name = query.data?.filename;
  return (
    <>
      <PageTitle
        title={name ?? t("datasets.title")}
        actions={
          query.data ? (
            <>
              <Button look="quiet" onPress={() => setDeleting(true)}>
                <Trash2 aria-hidden size={15} />
                {t("datasets.delete")}
              </Button>
              <Button
                look="primary"
                onPress={() => {
                  clearDraft();
                  updateDraft({ type: "dataset", id });
                  void navigate({ to: "/audits/new/files" });
                }}
              >
                {t("use")}
              </Button>
            </>
          ) : null
        }
      />
      <Answer query={query} skeleton={<DetailSkeleton />}>
        {(dataset) => <DatasetView dataset={dataset} />}
      </Answer>
      <DeleteFileDialog
        kind="datasets"
        file={deleting && query.data ? query.data : null}
        onClose={() => setDeleting(false)}
        onDeleted={() => void navigate({ to: "/data" })}
      />
    </>
  );
}
