import { useTranslation } from "react-i18next";

import { ErrorAlert } from "@/api/ErrorAlert";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";

import { useDeleteAnalysis } from "./queries";

interface DeleteAnalysisDialogProps {
  analysis: { id: string; name: string } | null;
  onClose: () => void;
  onDeleted?: () => void;
}

/** Asks before an analysis is deleted; the button repeats the verb and the name. */
export function DeleteAnalysisDialog({ analysis, onClose, onDeleted }: DeleteAnalysisDialogProps) {
  const { t } = useTranslation("audits");
  const { t: shell } = useTranslation();
  const remove = useDeleteAnalysis();
  const name = analysis?.name ?? "";
  const close = () => {
    remove.reset();
    onClose();
  };
  const confirm = () => {
    if (!analysis) return;
    remove.mutate(analysis.id, {
      onSuccess: () => {
        close();
        onDeleted?.();
      },
    });
  };
  return (
    <Dialog
      role="alertdialog"
      title={t("delete.title")}
      isOpen={analysis !== null}
      onClose={close}
      closeLabel={shell("close")}
      actions={
        <>
          <Button onPress={close}>{shell("cancel")}</Button>
          <Button look="danger" isPending={remove.isPending} onPress={confirm}>
            <span className="max-w-56 truncate">{t("delete.confirm", { name })}</span>
          </Button>
        </>
      }
    >
      <p className="break-words">{t("delete.body", { name })}</p>
      {remove.isError ? (
        <div className="mt-3">
          <ErrorAlert error={remove.error} />
        </div>
      ) : null}
    </Dialog>
  );
}
