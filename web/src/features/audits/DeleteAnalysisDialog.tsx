import { useTranslation } from "react-i18next";

import { ConfirmDialog } from "@/api/ConfirmDialog";

import { useDeleteAnalysis } from "./queries";

interface DeleteAnalysisDialogProps {
  analysis: { id: string; name: string } | null;
  onClose: () => void;
  onDeleted?: () => void;
}

/** Asks before an analysis is deleted; the button repeats the verb and the name. */
export function DeleteAnalysisDialog({ analysis, onClose, onDeleted }: DeleteAnalysisDialogProps) {
  const { t } = useTranslation("audits");
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
    <ConfirmDialog
      title={t("delete.title")}
      isOpen={analysis !== null}
      onClose={close}
      confirm={t("delete.confirm", { name })}
      onConfirm={confirm}
      work={remove}
    >
      <p className="break-words">{t("delete.body", { name })}</p>
    </ConfirmDialog>
  );
}
