import { useQuery } from "@tanstack/react-query";
import { createFileRoute } from "@tanstack/react-router";
import { useTranslation } from "react-i18next";

import { Answer } from "@/api/Answer";
import { loadConfig } from "@/api/session";
import { updateDraft, useDraft } from "@/features/audits/draftStore";
import { StepFooter } from "@/features/audits/StepFooter";
import { PickFile, useChoices } from "@/features/uploads/PickFile";
import { Button } from "@/ui/Button";
import { Checkbox } from "@/ui/Choice";
import { Select } from "@/ui/Select";
import { TableSkeleton } from "@/ui/TableSkeleton";

export const Route = createFileRoute("/_app/audits/new/files")({ component: Files });

const NONE = "none";

function Files() {
  const { t } = useTranslation("audits");
  const draft = useDraft();
  const navigate = Route.useNavigate();
  const config = useQuery({ queryKey: ["config"], queryFn: loadConfig, staleTime: Infinity });
  const ready = Boolean(draft.datasetId && (draft.modelId || draft.withoutModel));
  return (
    <Answer query={config} skeleton={<TableSkeleton />}>
      {({ limits }) => (
        <>
          <div className="grid items-start gap-5 lg:grid-cols-2">
            <PickFile
              kind="datasets"
              title={t("files.data")}
              help={t("files.dataHelp")}
              limit={limits.dataset_bytes}
              value={draft.datasetId ?? null}
              onChange={(id) => updateDraft({ type: "dataset", id })}
            />
            <div className="flex min-w-0 flex-col gap-3">
              {draft.withoutModel ? null : (
                <PickFile
                  kind="models"
                  title={t("files.model")}
                  help={t("files.modelHelp")}
                  limit={limits.model_bytes}
                  value={draft.modelId ?? null}
                  onChange={(id) => updateDraft({ type: "model", id })}
                />
              )}
              <WithoutModel isOn={draft.withoutModel} />
            </div>
          </div>
          <ReferenceData />
          <StepFooter hint={ready ? null : t("wizard.needFiles")}>
            <Button
              look="primary"
              isDisabled={!ready}
              aria-describedby="step-hint"
              onPress={() => void navigate({ to: "/audits/new/columns" })}
            >
              {t("wizard.next")}
            </Button>
          </StepFooter>
        </>
      )}
    </Answer>
  );
}

/** For tables that hold predictions already. */
function WithoutModel({ isOn }: { isOn: boolean }) {
  const { t } = useTranslation("audits");
  return (
    <section className="card p-5">
      <Checkbox isSelected={isOn} onChange={(on) => updateDraft({ type: "withoutModel", isOn: on })}>
        {t("files.withoutModel")}
      </Checkbox>
      <p className="mt-1 text-ink-muted">{t("files.withoutModelHelp")}</p>
    </section>
  );
}

function ReferenceData() {
  const { t } = useTranslation("audits");
  const draft = useDraft();
  const { items } = useChoices("datasets");
  const others = items.filter((d) => d.id !== draft.datasetId);
  if (others.length === 0) return null;
  return (
    <section className="card mt-5 p-5">
      <Select
        label={t("files.reference")}
        help={t("files.referenceHelp")}
        className="max-w-xl"
        options={[
          { id: NONE, label: t("files.referenceNone") },
          ...others.map((d) => ({ id: d.id, label: d.filename, note: d.note })),
        ]}
        value={draft.referenceId ?? NONE}
        onChange={(id) => updateDraft({ type: "reference", id: id === NONE ? null : id })}
      />
    </section>
  );
}
