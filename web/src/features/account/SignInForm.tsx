import { useMutation } from "@tanstack/react-query";
import { type ReactNode, useState } from "react";
import { useTranslation } from "react-i18next";

import { auth } from "@/api/session";
import { Alert } from "@/ui/Alert";
import { Button } from "@/ui/Button";
import { Field } from "@/ui/Field";

import { PasswordField } from "./PasswordField";
import { looksLikeEmail, useAuthErrorWords } from "./words";

interface SignInFormProps {
  mode: "signIn" | "signUp";
  onDone: () => void;
  /** Between the fields and the button: the way to a reset. */
  children?: ReactNode;
}

/** Email and password, to come in or to make an account. */
export function SignInForm({ mode, onDone, children }: SignInFormProps) {
  const { t } = useTranslation("account");
  const words = useAuthErrorWords();
  const [email, setEmail] = useState("");
  const [password, setPassword] = useState("");
  const [checked, setChecked] = useState(false);
  const send = useMutation({
    mutationFn: async () => {
      const client = await auth();
      const credentials = { email: email.trim(), password };
      const { data, error } =
        mode === "signIn"
          ? await client.auth.signInWithPassword(credentials)
          : await client.auth.signUp({
              ...credentials,
              options: { emailRedirectTo: `${location.origin}/sign-in` },
            });
      if (error) throw error;
      return data.session !== null;
    },
    onSuccess: (signedIn) => signedIn && onDone(),
  });
  const emailError = checked && !looksLikeEmail(email) ? t("errors.email") : undefined;
  const passwordError = checked ? passwordProblem(mode, password) : undefined;

  if (mode === "signUp" && send.data === false) {
    return (
      <Alert tone="success" title={t("signUp.confirm.title")}>
        {t("signUp.confirm.body", { email })}
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
        if (looksLikeEmail(email) && !passwordProblem(mode, password)) send.mutate();
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
        error={emailError}
      />
      <PasswordField
        label={t("password")}
        isNew={mode === "signUp"}
        value={password}
        onChange={setPassword}
        error={passwordError && t(`errors.${passwordError}`)}
      />
      {children}
      <Button type="submit" look="primary" isPending={send.isPending}>
        {t(`${mode}.action`)}
      </Button>
    </form>
  );
}

/** Which words tell what is wrong with a password; the shortest length holds for new ones only. */
export function passwordProblem(
  mode: "signIn" | "signUp",
  password: string,
): "password" | "short" | undefined {
  if (password === "") return "password";
  return mode === "signUp" && password.length < 8 ? "short" : undefined;
}
