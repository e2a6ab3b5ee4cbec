import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { createFileRoute, Link, Navigate } from "@tanstack/react-router";
import { useMemo } from "react";
import { useTranslation } from "react-i18next";

import { startAudit } from "@/api/audits";
import { ErrorAlert } from "@/api/ErrorAlert";
import { ChecksStep, useAuditCheck } from "@/features/audits/ChecksStep";
import { auditRequest, emptyDraft } from "@/features/audits/draft";
import { clearDraft, useDraft } from "@/features/audits/draftStore";
import { StepFooter } from "@/features/audits/StepFooter";
import { datasetQuery, modelQuery } from "@/features/uploads/queries";
import { Button, buttonClass } from "@/ui/Button";

export const Route = createFileRoute("/_app/audits/new/checks")({ component: Checks });

function Checks() {
  const { t } = useTranslation("audits");
  const draft = useDraft();
  const navigate = Route.useNavigate();
  const queryClient = useQueryClient();
  const { datasetId, modelId, withoutModel, referenceId, roles } = draft;
  // The name and the left-out stages change nothing about what the server checks.
  const asked = useMemo(
    () => auditRequest({ ...emptyDraft, datasetId, modelId, withoutModel, referenceId, roles }),
    [datasetId, modelId, withoutModel, referenceId, roles],
  );
  const check = useAuditCheck(asked);
  const dataset = useQuery({ ...datasetQuery(datasetId ?? ""), enabled: Boolean(datasetId) });
  const model = useQuery({ ...modelQuery(modelId ?? ""), enabled: Boolean(modelId) });
  const start = useMutation({
    // What does not apply is asked for as well, so that the result says why it was not run.
    mutationFn: async () =>
      startAudit(
        auditRequest(
          draft,
          check.data?.stages.map((s) => s.id),
        )!,
      ),
    onSuccess: async ({ analysis_id: id }) => {
      await navigate({ to: "/audits/$id", params: { id } });
      clearDraft();
      await queryClient.invalidateQueries({ queryKey: ["audits", "list"] });
    },
  });
  if (!asked && !start.isSuccess) return <Navigate to="/audits/new/columns" replace />;
  const none = check.data
    ? !check.data.stages.some((s) => s.applies && !draft.skipped.includes(s.id))
    : false;
  const hint = check.data?.ok === false ? t("wizard.fixProblems") : none ? t("wizard.needStages") : null;
  return (
    <>
      <ChecksStep
        draft={draft}
        query={check}
        defaultName={[model.data?.filename, dataset.data?.filename].filter(Boolean).join(" · ")}
      />
      {start.isError ? (
        <div className="mt-5">
          <ErrorAlert error={start.error} />
        </div>
      ) : null}
      <StepFooter
        hint={hint}
        back={
          <Link to="/audits/new/columns" className={buttonClass()}>
            {t("wizard.back")}
          </Link>
        }
      >
        <Button
          look="primary"
          isDisabled={!check.data?.ok || none}
          isPending={start.isPending}
          aria-describedby="step-hint"
          onPress={() => start.mutate()}
        >
          {t("wizard.start")}
        </Button>
      </StepFooter>
    </>
  );
}
