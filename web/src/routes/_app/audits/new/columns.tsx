import { useQuery } from "@tanstack/react-query";
import { createFileRoute, Link, Navigate } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { Answer } from "@/api/Answer";
import { ColumnsStep } from "@/features/audits/ColumnsStep";
import { isComplete, missingInputs } from "@/features/audits/draft";
import { useDraft } from "@/features/audits/draftStore";
import { StepFooter } from "@/features/audits/StepFooter";
import { datasetQuery, modelQuery } from "@/features/uploads/queries";
import { Button, buttonClass } from "@/ui/Button";
import { DetailSkeleton } from "@/ui/TableSkeleton";

export const Route = createFileRoute("/_app/audits/new/columns")({ component: Columns });

function Columns() {
  const { datasetId, modelId, withoutModel } = useDraft();
  if (!datasetId || !(modelId || withoutModel)) return <Navigate to="/audits/new/files" replace />;
  return <ColumnsOf datasetId={datasetId} modelId={modelId ?? null} />;
}

function ColumnsOf({ datasetId, modelId }: { datasetId: string; modelId: string | null }) {
  const { t } = useTranslation("audits");
  const draft = useDraft();
  const navigate = Route.useNavigate();
  const dataset = useQuery(datasetQuery(datasetId));
  const model = useQuery({ ...modelQuery(modelId ?? ""), enabled: modelId !== null });
  const isLoaded = Boolean(dataset.data && (model.data || modelId === null));
  const lacks = dataset.data ? missingInputs(dataset.data, model.data ?? null).length > 0 : false;
  const ready = isLoaded && isComplete(draft) && !lacks;
  const needs = draft.roles?.target ? t("wizard.needPredictions") : t("wizard.needTarget");
  return (
    <>
      <Answer query={dataset} skeleton={<DetailSkeleton />}>
        {(data) =>
          modelId === null ? (
            <ColumnsStep dataset={data} model={null} />
          ) : (
            <Answer query={model} skeleton={<DetailSkeleton />}>
              {(facts) => <ColumnsStep dataset={data} model={facts} />}
            </Answer>
          )
        }
      </Answer>
      <StepFooter
        hint={ready || !isLoaded ? null : lacks ? t("wizard.needInputs") : needs}
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
