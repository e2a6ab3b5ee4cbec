import { useQuery } from "@tanstack/react-query";
import { createFileRoute } from "@tanstack/react-router";
import { Trash2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { Answer } from "@/api/Answer";
import { clearDraft, updateDraft } from "@/features/audits/draftStore";
import { DeleteFileDialog } from "@/features/uploads/DeleteFileDialog";
import { ModelView } from "@/features/uploads/ModelView";
import { modelQuery } from "@/features/uploads/queries";
import { Button } from "@/ui/Button";
import { PageTitle } from "@/ui/PageTitle";
import { DetailSkeleton } from "@/ui/TableSkeleton";

export const Route = createFileRoute("/_app/models/$id")({
  loader: ({ context, params }) => void context.queryClient.prefetchQuery(modelQuery(params.id)),
  component: Page,
});

function Page() {
  const { t } = useTranslation("uploads");
  const { id } = Route.useParams();
  const navigate = Route.useNavigate();
  const query = useQuery(modelQuery(id));
  const [deleting, setDeleting] = useState(false);
  const name = query.data?.filename;
  return (
    <>
      <PageTitle
        title={name ?? t("models.title")}
        actions={
          query.data ? (
            <>
              <Button look="quiet" onPress={() => setDeleting(true)}>
                <Trash2 aria-hidden size={15} />
                {t("models.delete")}
              </Button>
              <Button
                look="primary"
                isDisabled={!query.data.runnable}
                onPress={() => {
                  clearDraft();
                  updateDraft({ type: "model", id });
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
        {(model) => <ModelView model={model} />}
      </Answer>
      <DeleteFileDialog
        kind="models"
        file={deleting && query.data ? query.data : null}
        onClose={() => setDeleting(false)}
        onDeleted={() => void navigate({ to: "/models" })}
      />
    </>
  );
}
