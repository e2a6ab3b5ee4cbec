import { createFileRoute, Link, Outlet, useLocation } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { clearDraft, useDraft } from "@/features/audits/draftStore";
import { Button } from "@/ui/Button";
import { PageTitle } from "@/ui/PageTitle";
import { Steps } from "@/ui/Steps";

export const Route = createFileRoute("/_app/audits/new")({ component: Wizard });

const steps = [
  { id: "files", to: "/audits/new/files" },
  { id: "columns", to: "/audits/new/columns" },
  { id: "checks", to: "/audits/new/checks" },
] as const;

function Wizard() {
  const { t } = useTranslation("audits");
  const draft = useDraft();
  const navigate = Route.useNavigate();
  const { pathname } = useLocation();
  const at = Math.max(
    0,
    steps.findIndex((s) => pathname.startsWith(s.to)),
  );
  const begun = Boolean(draft.datasetId || draft.modelId);
  const current = steps[at]!.id;
  return (
    <>
      <PageTitle
        title={t("wizard.title")}
        tab={`${t(`wizard.${current}`)} · ${t("wizard.title")} · Fine`}
        actions={
          begun ? (
            <Button
              look="quiet"
              size="sm"
              onPress={() => {
                clearDraft();
                void navigate({ to: "/audits/new/files" });
              }}
            >
              {t("wizard.startOver")}
            </Button>
          ) : null
        }
      />
      <Steps
        label={t("wizard.label")}
        steps={steps.map((step, i) => ({
          id: step.id,
          label: t(`wizard.${step.id}`),
          state: i < at ? "done" : i === at ? "current" : "ahead",
          ...(i < at ? { link: (words) => <Link to={step.to}>{words}</Link> } : {}),
        }))}
      />
      <Outlet />
    </>
  );
}
