import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { auth } from "@/api/session";
import { Alert } from "@/ui/Alert";
import { Button } from "@/ui/Button";
import { Field } from "@/ui/Field";

import { looksLikeEmail, useAuthErrorWords } from "./words";

/** Asks for a link to set a new password. The answer is the same whether the account exists or not. */
export function ResetForm({ isEmbedded }: { isEmbedded: boolean }) {
  const { t } = useTranslation("account");
  const words = useAuthErrorWords();
  const [email, setEmail] = useState("");
  const [checked, setChecked] = useState(false);
  const send = useMutation({
    mutationFn: async () => {
      const { error } = await (
        await auth()
      ).auth.resetPasswordForEmail(email.trim(), { redirectTo: `${location.origin}/set-password` });
      if (error) throw error;
    },
  });
  if (send.isSuccess) {
    return (
      <Alert tone="success" title={t("reset.sent.title")}>
        <p>{t("reset.sent.body", { email: email.trim() })}</p>
        {isEmbedded ? <p className="mt-2">{t("reset.sent.embedded")}</p> : null}
      </Alert>
    );
  }
  return (
    <form
      noValidate
      className="flex flex-col gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        setChecked(true);
        if (looksLikeEmail(email)) send.mutate();
      }}
    >
      {send.isError ? <Alert tone="error" title={words(send.error)} /> : null}
      <Field
        label={t("email")}
        name="email"
        type="email"
        autoComplete="username"
        value={email}
        onChange={setEmail}
        error={checked && !looksLikeEmail(email) ? t("errors.email") : undefined}
      />
      <Button type="submit" look="primary" isPending={send.isPending}>
        {t("reset.action")}
      </Button>
    </form>
  );
}
