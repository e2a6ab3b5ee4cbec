import { useQuery } from "@tanstack/react-query";
import { createFileRoute } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { loadConfig, signOut, useSession } from "@/api/session";
import { ApiKeys } from "@/features/account/ApiKeys";
import { NewPasswordForm } from "@/features/account/NewPasswordForm";
import { Trail } from "@/features/account/Trail";
import { YourData } from "@/features/account/YourData";
import { KeyTable } from "@/features/shell/Keyboard";
import { Preferences } from "@/features/shell/Preferences";
import { Button } from "@/ui/Button";
import { Facts } from "@/ui/Facts";
import { PageTitle } from "@/ui/PageTitle";

export const Route = createFileRoute("/_app/account")({ component: Account });

function Account() {
  const { t } = useTranslation("account");
  const { t: shell } = useTranslation();
  const session = useSession();
  const config = useQuery({ queryKey: ["config"], queryFn: loadConfig, staleTime: Infinity });
  if (session.state !== "in") return null;
  const { user } = session.session;
  return (
    <div className="mx-auto max-w-2xl">
      <PageTitle
        title={t("page.title")}
        actions={<Button onPress={() => void signOut()}>{t("page.signOut")}</Button>}
      />
      <div className="flex flex-col gap-5">
        <section className="card p-5">
          <Facts
            className="!grid-cols-1 sm:!grid-cols-2"
            items={[
              { name: t("page.email"), value: user.email },
              { name: t("page.id"), value: <span className="font-mono text-xs">{user.id}</span> },
            ]}
          />
        </section>
        <section className="card p-5">
          <h2 className="mb-3 text-lg font-semibold">{t("page.preferences")}</h2>
          <Preferences size="md" quietLabels={false} />
        </section>
        <section className="card p-5">
          <h2 className="mb-3 text-lg font-semibold">{shell("keys.title")}</h2>
          <KeyTable />
        </section>
        <section className="card p-5">
          <h2 className="mb-3 text-lg font-semibold">{t("page.password")}</h2>
          <NewPasswordForm />
        </section>
        <section className="card p-5">
          <h2 className="mb-3 text-lg font-semibold">{t("keys.title")}</h2>
          <ApiKeys />
        </section>
        <section className="card p-5">
          <h2 className="mb-3 text-lg font-semibold">{t("trail.title")}</h2>
          <Trail />
        </section>
        <section className="card p-5">
          <h2 className="mb-3 text-lg font-semibold">{t("data.title")}</h2>
          <YourData hasPassword={config.data?.auth.mode === "embedded"} />
        </section>
      </div>
    </div>
  );
}
