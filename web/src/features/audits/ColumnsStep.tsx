import { useDeferredValue, useEffect, useMemo, useState } from "react";
import { useTranslation } from "react-i18next";

import type { DatasetColumn, DatasetDetail, ModelDetail, Roles } from "@/api/types";
import { useFormat } from "@/lib/format";
import { Alert } from "@/ui/Alert";
import { Button } from "@/ui/Button";
import { Checkbox } from "@/ui/Choice";
import { Facts } from "@/ui/Facts";
import { SearchField } from "@/ui/Field";
import { Select } from "@/ui/Select";
import { Table } from "@/ui/Table";

import {
  type ChosenRole,
  classesOf,
  missingInputs,
  roleOf,
  storedColumns,
  suggestedRoles,
  targetChoices,
} from "./draft";
import { updateDraft, useDraft } from "./draftStore";
import { StoredPredictions } from "./StoredPredictions";

// More rows than this make a slow page; the rest comes on demand or by search.
const AT_ONCE = 100;
const roleIds: readonly ChosenRole[] = ["feature", "target", "ignore", "weight", "entity", "time"];

interface ColumnsStepProps {
  dataset: DatasetDetail;
  /** `null` where the table holds the predictions. */
  model: ModelDetail | null;
}

/** What every column is for: the server's guess, to be confirmed or changed. */
export function ColumnsStep({ dataset, model }: ColumnsStepProps) {
  const { t } = useTranslation("audits");
  const draft = useDraft();
  useEffect(() => {
    if (draft.roles === null) updateDraft({ type: "suggested", roles: suggestedRoles(dataset, model) });
  }, [draft.roles, dataset, model]);
  const { roles } = draft;
  if (!roles) return null;
  const missing = missingInputs(dataset, model);
  return (
    <div className="flex flex-col gap-5">
      {missing.length > 0 ? (
        <Alert tone="error" title={t("columns.missing", { count: missing.length })}>
          <p className="font-mono text-xs break-words">{missing.slice(0, 30).join(", ")}</p>
          <p className="mt-1">
            {t("columns.missingHelp", { data: dataset.filename, model: model?.filename })}
          </p>
        </Alert>
      ) : null}
      {missing.length === 0 && targetChoices(dataset, model).length === 0 ? (
        <Alert tone="error" title={t("columns.noTarget")}>
          {t("columns.noTargetHelp", { data: dataset.filename, model: model?.filename })}
        </Alert>
      ) : null}
      <Question dataset={dataset} model={model} roles={roles} />
      <StoredPredictions dataset={dataset} model={model} roles={roles} />
      <RolesTable dataset={dataset} model={model} roles={roles} />
    </div>
  );
}

function Question({ dataset, model, roles }: ColumnsStepProps & { roles: Roles }) {
  const { t } = useTranslation("audits");
  const task = model?.task ?? dataset.preview.suggested.task;
  const classes = classesOf(dataset, model, roles.target);
  return (
    <section className="card grid gap-5 p-5 lg:grid-cols-3">
      <Select
        label={t("columns.target")}
        help={t("columns.targetHelp")}
        placeholder={t("columns.targetMissing")}
        options={targetChoices(dataset, model)
          .slice(0, 500)
          .map((name) => ({ id: name, label: name }))}
        value={roles.target || null}
        onChange={(column) => updateDraft({ type: "role", column, role: "target" })}
      />
      {task === "binary" ? (
        <Select
          label={t("columns.positive")}
          help={t("columns.positiveHelp")}
          placeholder={t("columns.positiveDefault")}
          options={classes.map((id) => ({ id, label: id }))}
          value={roles.positive && classes.includes(roles.positive) ? roles.positive : null}
          onChange={(value) => updateDraft({ type: "positive", value })}
        />
      ) : null}
      <Facts
        className="!grid-cols-2 content-start lg:!grid-cols-2"
        items={[
          { name: t("columns.task"), value: t(`task.${task ?? "none"}`) },
          ...(model ? [{ name: t("columns.inputs"), value: model.features.length }] : []),
          ...(classes.length > 0
            ? [{ name: t("columns.classes"), value: classes.slice(0, 12).join(", ") }]
            : []),
          {
            name: t("columns.protected"),
            value: roles.protected.length > 0 ? roles.protected.join(", ") : t("columns.protectedNone"),
          },
        ]}
      />
    </section>
  );
}

function RolesTable({ dataset, model, roles }: ColumnsStepProps & { roles: Roles }) {
  const { t } = useTranslation("audits");
  const format = useFormat();
  const [search, setSearch] = useState("");
  const [shown, setShown] = useState(AT_ONCE);
  const wanted = useDeferredValue(search.trim().toLowerCase());
  const inputs = useMemo(() => new Set(model?.features.map((f) => f.name)), [model]);
  const stored = new Set(storedColumns(roles.prediction));
  const all = dataset.preview.columns.filter((c) => c.name.toLowerCase().includes(wanted));
  const rows = all.slice(0, shown);
  const options = roleIds.map((id) => ({ id, label: t(`role.${id}`), note: t(`roleNote.${id}`) }));
  return (
    <section>
      <div className="mb-2 flex flex-wrap items-end justify-between gap-3">
        <div>
          <h2 className="text-lg font-semibold">{t("columns.title")}</h2>
          <p className="text-ink-muted">{t("columns.lead")}</p>
        </div>
        <SearchField
          label={t("columns.search")}
          placeholder={t("columns.search")}
          value={search}
          onChange={setSearch}
          className="w-full sm:w-60"
        />
      </div>
      <div className="card overflow-hidden">
        {rows.length === 0 ? (
          <p className="p-6 text-center text-ink-muted">{t("noResults.title")}</p>
        ) : (
          <Table<DatasetColumn>
            dense
            label={t("columns.title")}
            rows={rows}
            rowKey={(c) => c.name}
            columns={[
              {
                id: "name",
                header: t("columns.name"),
                rowHeader: true,
                className: "min-w-36",
                cell: (c) => <span className="font-medium wrap-anywhere">{c.name}</span>,
              },
              {
                id: "role",
                header: t("columns.role"),
                className: "min-w-40",
                cell: (c) =>
                  inputs.has(c.name) || stored.has(c.name) ? (
                    <span className="inline-flex h-7 items-center">
                      {t(stored.has(c.name) ? "columns.isPrediction" : "columns.isInput")}
                    </span>
                  ) : (
                    <Select
                      quietLabel
                      size="sm"
                      label={t("columns.roleOf", { column: c.name })}
                      options={options}
                      value={roleOf(roles, c.name)}
                      onChange={(role) => updateDraft({ type: "role", column: c.name, role })}
                    />
                  ),
              },
              {
                id: "protected",
                header: t("columns.protected"),
                cell: (c) => (
                  <Checkbox
                    aria-label={t("columns.protect", { column: c.name })}
                    isSelected={roles.protected.includes(c.name)}
                    isDisabled={roles.target === c.name || stored.has(c.name)}
                    onChange={(isProtected) =>
                      updateDraft({ type: "protected", column: c.name, isProtected })
                    }
                  />
                ),
              },
              {
                id: "kind",
                header: t("columns.kind"),
                className: "whitespace-nowrap",
                cell: (c) => t(`kind.${c.kind}`),
              },
              {
                id: "missing",
                header: t("columns.missingShare"),
                numeric: true,
                cell: (c) => format.percent(dataset.rows ? c.missing / dataset.rows : 0),
              },
              {
                id: "distinct",
                header: t("columns.distinct"),
                numeric: true,
                cell: (c) => format.count(c.distinct),
              },
              {
                id: "examples",
                header: t("columns.examples"),
                className: "min-w-44 text-ink-muted",
                cell: (c) => <span className="line-clamp-1 wrap-anywhere">{c.examples.join(" · ")}</span>,
              },
            ]}
          />
        )}
      </div>
      {all.length > shown ? (
        <div className="mt-3 flex justify-center">
          <Button onPress={() => setShown(shown + 200)}>
            {t("columns.more", { count: all.length - shown, rest: format.count(all.length - shown) })}
          </Button>
        </div>
      ) : null}
    </section>
  );
}
