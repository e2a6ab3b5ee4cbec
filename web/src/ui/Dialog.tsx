import { X } from "lucide-react";
import type { ReactNode } from "react";
import {
  Button as AriaButton,
  Dialog as AriaDialog,
  Heading,
  Modal,
  ModalOverlay,
} from "react-aria-components";

interface DialogProps {
  title: string;
  isOpen: boolean;
  onClose: () => void;
  closeLabel: string;
  children: ReactNode;
  /** The row of buttons. */
  actions: ReactNode;
  /** `alertdialog` for what cannot be undone. */
  role?: "dialog" | "alertdialog";
}

/** A modal dialog; Escape and a click outside close it, focus returns to where it was. */
export function Dialog({
  title,
  isOpen,
  onClose,
  closeLabel,
  children,
  actions,
  role = "dialog",
}: DialogProps) {
  return (
    <ModalOverlay
      isOpen={isOpen}
      onOpenChange={(open) => !open && onClose()}
      isDismissable
      className="fixed inset-0 z-50 flex items-end justify-center bg-shade p-4 sm:items-center"
    >
      <Modal className="w-full max-w-md rounded-lg border border-line bg-surface text-ink shadow-float outline-none">
        <AriaDialog role={role} className="flex max-h-[85dvh] flex-col outline-none">
          <div className="flex items-start justify-between gap-4 px-5 pt-4">
            <Heading slot="title" className="text-lg font-semibold">
              {title}
            </Heading>
            <AriaButton
              onPress={onClose}
              aria-label={closeLabel}
              className="-mr-1.5 inline-flex h-7 w-7 shrink-0 cursor-pointer items-center justify-center rounded-md text-ink-muted hover:bg-hover"
            >
              <X aria-hidden size={16} />
            </AriaButton>
          </div>
          <div className="overflow-y-auto px-5 pt-2 pb-5 text-base text-ink-muted">{children}</div>
          <div className="flex flex-wrap justify-end gap-2 rounded-b-lg border-t border-line bg-sunken px-5 py-3">
            {actions}
          </div>
        </AriaDialog>
      </Modal>
    </ModalOverlay>
  );
}
