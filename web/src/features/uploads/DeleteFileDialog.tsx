import { useTranslation } from "react-i18next";

import { ConfirmDialog } from "@/api/ConfirmDialog";
import type { FileKind } from "@/api/files";

import { useDeleteFile } from "./queries";

interface DeleteFileDialogProps {
  kind: FileKind;
  file: { id: string; filename: string } | null;
  onClose: () => void;
  onDeleted?: () => void;
}

/** Asks before a file is deleted; the button repeats the verb and the name. */
export function DeleteFileDialog({ kind, file, onClose, onDeleted }: DeleteFileDialogProps) {
  const { t } = useTranslation("uploads");
  const remove = useDeleteFile(kind);
  const name = file?.filename ?? "";
  const close = () => {
    remove.reset();
    onClose();
  };
  const confirm = () => {
    if (!file) return;
    remove.mutate(file.id, {
      onSuccess: () => {
        close();
        onDeleted?.();
      },
    });
  };
  return (
    <ConfirmDialog
      title={t(`${kind}.delete`)}
      isOpen={file !== null}
      onClose={close}
      confirm={t("deleteConfirm", { name })}
      onConfirm={confirm}
      work={remove}
    >
      <p className="break-words">{t(`${kind}.deleteBody`, { name })}</p>
    </ConfirmDialog>
  );
}
