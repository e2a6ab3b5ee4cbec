import { useQuery } from "@tanstack/react-query";
import { createFileRoute, Link } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { loadConfig } from "@/api/session";
import { ResetForm } from "@/features/account/ResetForm";
import { PageTitle } from "@/ui/PageTitle";

export const Route = createFileRoute("/_public/reset-password")({ component: ResetPassword });

function ResetPassword() {
  const { t } = useTranslation("account");
  const config = useQuery({ queryKey: ["config"], queryFn: loadConfig, staleTime: Infinity });
  return (
    <>
      <PageTitle title={t("reset.title")}>{t("reset.body")}</PageTitle>
      <ResetForm isEmbedded={config.data?.auth.mode !== "supabase"} />
      <p className="mt-5">
        <Link to="/sign-in" className="text-base text-accent-ink underline underline-offset-2">
          {t("reset.back")}
        </Link>
      </p>
    </>
  );
}
