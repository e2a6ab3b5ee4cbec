import { useTranslation } from "react-i18next";

import type { DatasetDetail, ModelDetail, Roles } from "@/api/types";
import { Select } from "@/ui/Select";

import { classesOf, roleOf, targetChoices } from "./draft";
import { updateDraft } from "./draftStore";

const NONE = "\u0000none";
// More classes than this are set on the command line.
const CLASSES = 20;

interface StoredPredictionsProps {
  dataset: DatasetDetail;
  model: ModelDetail | null;
  roles: Roles;
}

/** Columns that hold predictions: instead of a model, or to prove that the model was read rightly. */
export function StoredPredictions({ dataset, model, roles }: StoredPredictionsProps) {
  const { t } = useTranslation("audits");
  const task = model?.task ?? dataset.preview.suggested.task;
  const free = targetChoices(dataset, model).filter(
    (c) => c !== roles.target && ["feature", "ignore"].includes(roleOf(roles, c)),
  );
  if (free.length === 0 || !roles.target) return null;
  const options = [
    { id: NONE, label: t("stored.none") },
    ...free.slice(0, 500).map((name) => ({ id: name, label: name })),
  ];
  const classes = task === "regression" ? [] : classesOf(dataset, model, roles.target).slice(0, CLASSES);
  const chosen = (column: string | null | undefined) => (column && free.includes(column) ? column : NONE);
  const column = (id: string) => (id === NONE ? null : id);
  return (
    <section className="card p-5">
      <h2 className="text-lg font-semibold">{t("stored.title")}</h2>
      <p className="mb-4 text-ink-muted">{t(model ? "stored.proves" : "stored.instead")}</p>
      <div className="grid gap-5 sm:grid-cols-2 lg:grid-cols-3">
        <Select
          label={t(task === "regression" ? "stored.number" : "stored.label")}
          options={options}
          value={chosen(roles.prediction?.label)}
          onChange={(id) => updateDraft({ type: "predicted", column: column(id) })}
        />
        {classes.map((of) => (
          <Select
            key={of}
            label={t("stored.probability", { of })}
            options={options}
            value={chosen(roles.prediction?.probabilities?.[of])}
            onChange={(id) => updateDraft({ type: "probability", of, column: column(id) })}
          />
        ))}
      </div>
    </section>
  );
}
