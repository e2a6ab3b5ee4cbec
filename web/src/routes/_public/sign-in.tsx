import { useQuery } from "@tanstack/react-query";
import { createFileRoute, Link, redirect, useRouter } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import * as v from "valibot";

import { ErrorAlert } from "@/api/ErrorAlert";
import { currentSession, loadConfig } from "@/api/session";
import { DemoSignIn } from "@/features/account/DemoSignIn";
import { localPath } from "@/features/account/next";
import { SignInForm } from "@/features/account/SignInForm";
import { PageTitle } from "@/ui/PageTitle";

export const Route = createFileRoute("/_public/sign-in")({
  validateSearch: v.object({ next: v.optional(v.fallback(v.string(), "")) }),
  beforeLoad: async ({ search }) => {
    const session = await currentSession().catch(() => null);
    if (session) throw redirect({ href: localPath(search.next) });
  },
  component: SignIn,
});

function SignIn() {
  const { t } = useTranslation("account");
  const { next } = Route.useSearch();
  const router = useRouter();
  const config = useQuery({ queryKey: ["config"], queryFn: loadConfig, staleTime: Infinity });
  const enter = () => router.history.push(localPath(next));
  return (
    <>
      <PageTitle title={t("signIn.title")} />
      {config.isError ? <ErrorAlert error={config.error} onRetry={() => void config.refetch()} /> : null}
      {config.data?.demo_account ? (
        <div className="mb-5 flex flex-col gap-4">
          <DemoSignIn {...config.data.demo_account} onDone={enter} />
          <p className="flex items-center gap-3 text-sm text-ink-muted before:h-px before:flex-1 before:bg-line after:h-px after:flex-1 after:bg-line">
            {t("signIn.or")}
          </p>
        </div>
      ) : null}
      <SignInForm mode="signIn" onDone={enter}>
        <Link
          to="/reset-password"
          className="w-fit text-sm text-accent-ink underline-offset-2 hover:underline"
        >
          {t("signIn.forgot")}
        </Link>
      </SignInForm>
      <p className="mt-5 text-base text-ink-muted">
        {t("signIn.other")}{" "}
        <Link
          to="/sign-up"
          search={next ? { next } : {}}
          className="font-medium text-accent-ink underline underline-offset-2"
        >
          {t("signIn.otherLink")}
        </Link>
      </p>
    </>
  );
}
