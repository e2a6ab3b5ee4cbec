import { useQuery } from "@tanstack/react-query";
import { createFileRoute, Link, Navigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { Answer } from "@/api/Answer";
import { ColumnsStep } from "@/features/audits/ColumnsStep";
import { missingInputs } from "@/features/audits/draft";
import { useDraft } from "@/features/audits/draftStore";
import { StepFooter } from "@/features/audits/StepFooter";
import { datasetQuery, modelQuery } from "@/features/uploads/queries";
import { Button, buttonClass } from "@/ui/Button";
import { DetailSkeleton } from "@/ui/TableSkeleton";

export const Route = createFileRoute("/_app/audits/new/columns")({ component: Columns });

function Columns() {
  const { datasetId, modelId } = useDraft();
  if (!datasetId || !modelId) return <Navigate to="/audits/new/files" replace />;
  return <ColumnsOf datasetId={datasetId} modelId={modelId} />;
}

function ColumnsOf({ datasetId, modelId }: { datasetId: string; modelId: string }) {
  const { t } = useTranslation("audits");
  const draft = useDraft();
  const navigate = Route.useNavigate();
  const dataset = useQuery(datasetQuery(datasetId));
  const model = useQuery(modelQuery(modelId));
  const lacks = dataset.data && model.data ? missingInputs(dataset.data, model.data).length > 0 : false;
  const ready = Boolean(draft.roles?.target) && !lacks;
  const hint = lacks ? t("wizard.needInputs") : t("wizard.needTarget");
  return (
    <>
      <Answer query={dataset} skeleton={<DetailSkeleton />}>
        {(data) => (
          <Answer query={model} skeleton={<DetailSkeleton />}>
            {(facts) => <ColumnsStep dataset={data} model={facts} />}
          </Answer>
        )}
      </Answer>
      <StepFooter
        hint={ready || !dataset.data || !model.data ? null : hint}
        back={
          <Link to="/audits/new/files" className={buttonClass()}>
            {t("wizard.back")}
          </Link>
        }
      >
        <Button
          look="primary"
          isDisabled={!ready}
          aria-describedby="step-hint"
          onPress={() => void navigate({ to: "/audits/new/checks" })}
        >
          {t("wizard.next")}
        </Button>
      </StepFooter>
    </>
  );
}
