import { useMutation } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { auth } from "@/api/session";
import { Alert } from "@/ui/Alert";
import { Button } from "@/ui/Button";

import { useAuthErrorWords } from "./words";

interface DemoSignInProps {
  email: string;
  password: string;
  onDone: () => void;
}

/** One click into the demo workspace; shown only where the server says that it has one. */
export function DemoSignIn({ email, password, onDone }: DemoSignInProps) {
  const { t } = useTranslation("account");
  const words = useAuthErrorWords();
  const enter = useMutation({
    mutationFn: async () => {
      const { error } = await (await auth()).auth.signInWithPassword({ email, password });
      if (error) throw error;
    },
    onSuccess: onDone,
  });
  return (
    <div className="flex flex-col gap-2">
      {enter.isError ? <Alert tone="error" title={words(enter.error)} /> : null}
      <Button onPress={() => enter.mutate()} isPending={enter.isPending}>
        {t("signIn.demo")}
      </Button>
      <p className="text-center text-sm text-ink-muted">{t("signIn.demoHelp")}</p>
    </div>
  );
}
