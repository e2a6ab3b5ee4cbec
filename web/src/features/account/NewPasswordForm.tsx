import { useMutation } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { auth } from "@/api/session";
import { Alert } from "@/ui/Alert";
import { Button } from "@/ui/Button";

import { PasswordField } from "./PasswordField";
import { passwordProblem } from "./SignInForm";
import { useAuthErrorWords } from "./words";

/** Sets the password of the person who is signed in, or who came by a reset link. */
export function NewPasswordForm({ onDone }: { onDone?: () => void }) {
  const { t } = useTranslation("account");
  const words = useAuthErrorWords();
  const [password, setPassword] = useState("");
  const [checked, setChecked] = useState(false);
  const problem = checked ? passwordProblem("signUp", password) : undefined;
  const save = useMutation({
    mutationFn: async () => {
      const { error } = await (await auth()).auth.updateUser({ password });
      if (error) throw error;
    },
    onSuccess: () => {
      setPassword("");
      setChecked(false);
      onDone?.();
    },
  });
  return (
    <form
      noValidate
      className="flex flex-col items-stretch gap-4"
      onSubmit={(event) => {
        event.preventDefault();
        setChecked(true);
        if (!passwordProblem("signUp", password)) save.mutate();
      }}
    >
      {save.isError ? <Alert tone="error" title={words(save.error)} /> : null}
      {save.isSuccess ? <Alert tone="success" title={t("setPassword.done")} /> : null}
      <PasswordField
        label={t("newPassword")}
        isNew
        value={password}
        onChange={setPassword}
        error={problem && t(`errors.${problem}`)}
      />
      <Button type="submit" look="primary" className="self-start" isPending={save.isPending}>
        {t("setPassword.action")}
      </Button>
    </form>
  );
}
