import { createFileRoute, Link, useRouter } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { auth, useSession } from "@/api/session";
import { NewPasswordForm } from "@/features/account/NewPasswordForm";
import { Alert } from "@/ui/Alert";
import { buttonClass } from "@/ui/Button";
import { PageTitle } from "@/ui/PageTitle";

export const Route = createFileRoute("/_public/set-password")({
  // The token of the link is in the address: the client reads it and removes it.
  loader: () => auth().then(() => null),
  component: SetPassword,
});

function SetPassword() {
  const { t } = useTranslation("account");
  const session = useSession();
  const router = useRouter();
  return (
    <>
      <PageTitle title={t("setPassword.title")} />
      {session.state === "out" ? (
        <Alert
          tone="warning"
          title={t("setPassword.expired.title")}
          actions={
            <Link to="/reset-password" className={buttonClass("secondary", "sm")}>
              {t("setPassword.expired.action")}
            </Link>
          }
        >
          {t("setPassword.expired.body")}
        </Alert>
      ) : (
        <NewPasswordForm onDone={() => void router.navigate({ to: "/audits" })} />
      )}
    </>
  );
}
