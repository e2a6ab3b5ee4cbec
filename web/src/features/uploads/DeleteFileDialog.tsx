import { useTranslation } from "react-i18next";

import { ErrorAlert } from "@/api/ErrorAlert";
import type { FileKind } from "@/api/files";
import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";

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
  const { t: shell } = useTranslation();
  const remove = useDeleteFile(kind);
  const close = () => {
    remove.reset();
    onClose();
  };
  return (
    <Dialog
      role="alertdialog"
      title={t(`${kind}.delete`)}
      isOpen={file !== null}
      onClose={close}
      closeLabel={shell("close")}
      actions={
        <>
          <Button onPress={close}>{shell("cancel")}</Button>
          <Button
            look="danger"
            isPending={remove.isPending}
            onPress={() =>
              file &&
              remove.mutate(file.id, {
                onSuccess: () => {
                  close();
                  onDeleted?.();
                },
              })
            }
          >
            <span className="max-w-56 truncate">{t("deleteConfirm", { name: file?.filename ?? "" })}</span>
          </Button>
        </>
      }
    >
      <p className="break-words">{t(`${kind}.deleteBody`, { name: file?.filename ?? "" })}</p>
      {remove.isError ? (
        <div className="mt-3">
          <ErrorAlert error={remove.error} />
        </div>
      ) : null}
    </Dialog>
  );
}
