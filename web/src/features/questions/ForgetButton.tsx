import { useState } from "react";
import { useTranslation } from "react-i18next";

import { ConfirmDialog } from "@/api/ConfirmDialog";
import { Button } from "@/ui/Button";

import { useForgetQuestions } from "./queries";

/** Forgets the questions of the analysis and their answers, after it has asked. */
export function ForgetButton({ id, isDisabled }: { id: string; isDisabled: boolean }) {
  const { t } = useTranslation("questions");
  const [asking, setAsking] = useState(false);
  const forget = useForgetQuestions(id);
  const close = () => {
    forget.reset();
    setAsking(false);
  };
  return (
    <>
      <Button
        size="sm"
        look="danger"
        className="print:hidden"
        isDisabled={isDisabled}
        onPress={() => setAsking(true)}
      >
        {t("forget.button")}
      </Button>
      <ConfirmDialog
        title={t("forget.title")}
        isOpen={asking}
        onClose={close}
        confirm={t("forget.confirm")}
        onConfirm={() => forget.mutate(undefined, { onSuccess: close })}
        work={forget}
      >
        <p>{t("forget.body")}</p>
      </ConfirmDialog>
    </>
  );
}
