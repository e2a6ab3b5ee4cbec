import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

import { Button } from "@/ui/Button";
import { Dialog } from "@/ui/Dialog";

import { ErrorAlert } from "./ErrorAlert";

interface ConfirmDialogProps {
  title: string;
  isOpen: boolean;
  onClose: () => void;
  /** Words of the button that does it; best they repeat the verb and the name. */
  confirm: string;
  /** Words of the button that leaves everything as it is; "Cancel" without. */
  keep?: string;
  onConfirm: () => void;
  /** What the button started. */
  work: { isPending: boolean; isError: boolean; error: unknown };
  /** Something is missing before it can be done. */
  isDisabled?: boolean;
  children: ReactNode;
}

/** Asks before something is done that cannot be undone, and says when it did not work. */
export function ConfirmDialog({
  title,
  isOpen,
  onClose,
  confirm,
  keep,
  onConfirm,
  work,
  isDisabled = false,
  children,
}: ConfirmDialogProps) {
  const { t } = useTranslation();
  return (
    <Dialog
      role="alertdialog"
      title={title}
      isOpen={isOpen}
      onClose={onClose}
      closeLabel={t("close")}
      actions={
        <>
          <Button onPress={onClose}>{keep ?? t("cancel")}</Button>
          <Button look="danger" isPending={work.isPending} isDisabled={isDisabled} onPress={onConfirm}>
            <span className="max-w-56 truncate">{confirm}</span>
          </Button>
        </>
      }
    >
      {children}
      {work.isError ? (
        <div className="mt-3">
          <ErrorAlert error={work.error} />
        </div>
      ) : null}
    </Dialog>
  );
}
