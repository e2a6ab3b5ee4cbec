import { createFileRoute, Link, redirect, useRouter } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";
import * as v from "valibot";

import { currentSession } from "@/api/session";
import { localPath } from "@/features/account/next";
import { SignInForm } from "@/features/account/SignInForm";
import { PageTitle } from "@/ui/PageTitle";

export const Route = createFileRoute("/_public/sign-up")({
  validateSearch: v.object({ next: v.optional(v.fallback(v.string(), "")) }),
  beforeLoad: async ({ search }) => {
    const session = await currentSession().catch(() => null);
    if (session) throw redirect({ href: localPath(search.next) });
  },
  component: SignUp,
});

function SignUp() {
  const { t } = useTranslation("account");
  const { next } = Route.useSearch();
  const router = useRouter();
  return (
    <>
      <PageTitle title={t("signUp.title")} />
      <SignInForm mode="signUp" onDone={() => router.history.push(localPath(next))} />
      <p className="mt-5 text-base text-ink-muted">
        {t("signUp.other")}{" "}
        <Link
          to="/sign-in"
          search={next ? { next } : {}}
          className="font-medium text-accent-ink underline underline-offset-2"
        >
          {t("signUp.otherLink")}
        </Link>
      </p>
    </>
  );
}
