import { useState } from "react";
import { useTranslation } from "react-i18next";

import { ConfirmDialog } from "@/api/ConfirmDialog";
import { ErrorAlert } from "@/api/ErrorAlert";
import { Button } from "@/ui/Button";

import { PasswordField } from "./PasswordField";
import { useDeleteAccount, useExport } from "./queries";

/** Takes everything out of the account, or the account out of Fine. */
export function YourData({ hasPassword }: { hasPassword: boolean }) {
  const { t } = useTranslation("account");
  const [isOpen, setOpen] = useState(false);
  const save = useExport();
  return (
    <div className="flex flex-col gap-4">
      <p className="text-ink-muted">{t("data.exportBody")}</p>
      {save.isError ? <ErrorAlert error={save.error} /> : null}
      <Button className="self-start" isPending={save.isPending} onPress={() => save.mutate()}>
        {t("data.export")}
      </Button>
      <p className="text-ink-muted">{t("data.deleteBody")}</p>
      <Button look="danger" className="self-start" onPress={() => setOpen(true)}>
        {t("data.delete")}
      </Button>
      <DeleteDialog isOpen={isOpen} hasPassword={hasPassword} onClose={() => setOpen(false)} />
    </div>
  );
}

interface DeleteDialogProps {
  isOpen: boolean;
  hasPassword: boolean;
  onClose: () => void;
}

function DeleteDialog({ isOpen, hasPassword, onClose }: DeleteDialogProps) {
  const { t } = useTranslation("account");
  const remove = useDeleteAccount();
  const [password, setPassword] = useState("");
  const close = () => {
    remove.reset();
    setPassword("");
    onClose();
  };
  return (
    <ConfirmDialog
      title={t("data.delete")}
      isOpen={isOpen}
      onClose={close}
      confirm={t("data.deleteConfirm")}
      onConfirm={() => remove.mutate(password || undefined)}
      work={remove}
      isDisabled={hasPassword && password === ""}
    >
      <div className="flex flex-col gap-3">
        <p>{t("data.deleteWarning")}</p>
        {hasPassword ? <PasswordField label={t("password")} value={password} onChange={setPassword} /> : null}
      </div>
    </ConfirmDialog>
  );
}
