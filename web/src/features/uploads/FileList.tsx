import { Link } from "@tanstack/react-router";
import { CircleCheck, OctagonX, Trash2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { FileKind } from "@/api/files";
import type { Dataset, Model } from "@/api/types";
import { useFormat } from "@/lib/format";
import { Badge } from "@/ui/Badge";
import { Button } from "@/ui/Button";
import { type Column, Table } from "@/ui/Table";

import { DeleteFileDialog } from "./DeleteFileDialog";

type Props = { kind: "datasets"; items: Dataset[] } | { kind: "models"; items: Model[] };

/** The uploaded files of one kind as a table. */
export function FileList(props: Props) {
  const { t } = useTranslation("uploads");
  const [doomed, setDoomed] = useState<{ id: string; filename: string } | null>(null);
  const dataset = useDatasetColumns(setDoomed);
  const model = useModelColumns(setDoomed);
  return (
    <div className="card overflow-hidden">
      {props.kind === "datasets" ? (
        <Table label={t("datasets.title")} columns={dataset} rows={props.items} rowKey={(d) => d.id} />
      ) : (
        <Table label={t("models.title")} columns={model} rows={props.items} rowKey={(m) => m.id} />
      )}
      <DeleteFileDialog kind={props.kind} file={doomed} onClose={() => setDoomed(null)} />
    </div>
  );
}

type Doom = (file: { id: string; filename: string }) => void;

function useSharedColumns<Row extends Dataset | Model>(kind: FileKind, onDelete: Doom) {
  const { t } = useTranslation("uploads");
  const format = useFormat();
  const file: Column<Row> = {
    id: "file",
    header: t("columns.file"),
    rowHeader: true,
    className: "min-w-44 max-w-xs",
    cell: (row) => (
      <Link
        to={kind === "datasets" ? "/data/$id" : "/models/$id"}
        params={{ id: row.id }}
        className="font-medium wrap-anywhere text-ink underline-offset-2 hover:text-accent-ink hover:underline"
      >
        {row.filename}
      </Link>
    ),
  };
  const size: Column<Row> = {
    id: "size",
    header: t("columns.size"),
    numeric: true,
    className: "whitespace-nowrap",
    cell: (row) => format.bytes(row.bytes),
  };
  const added: Column<Row> = {
    id: "added",
    header: t("columns.added"),
    className: "whitespace-nowrap text-ink-muted",
    cell: (row) => format.dateTime(row.created_at),
  };
  const actions: Column<Row> = {
    id: "actions",
    header: <span className="sr-only">{t("columns.actions")}</span>,
    className: "w-12 text-right",
    cell: (row) => (
      <Button
        look="quiet"
        size="icon"
        aria-label={t("deleteOf", { name: row.filename })}
        onPress={() => onDelete(row)}
      >
        <Trash2 aria-hidden size={15} className="text-ink-muted" />
      </Button>
    ),
  };
  return { file, size, added, actions };
}

function useDatasetColumns(onDelete: Doom): Column<Dataset>[] {
  const { t } = useTranslation("uploads");
  const format = useFormat();
  const { file, size, added, actions } = useSharedColumns<Dataset>("datasets", onDelete);
  return [
    file,
    { id: "rows", header: t("columns.rows"), numeric: true, cell: (d) => format.count(d.rows) },
    { id: "columns", header: t("columns.columns"), numeric: true, cell: (d) => format.count(d.columns) },
    { id: "format", header: t("columns.format"), cell: (d) => d.format },
    size,
    added,
    actions,
  ];
}

function useModelColumns(onDelete: Doom): Column<Model>[] {
  const { t } = useTranslation("uploads");
  const { file, size, added, actions } = useSharedColumns<Model>("models", onDelete);
  return [
    file,
    {
      id: "state",
      header: t("columns.state"),
      cell: (m) =>
        m.runnable ? (
          <Badge look="plain" tone="pass" icon={CircleCheck} label={t("runnable.yes")} />
        ) : (
          <Badge look="plain" tone="issue" icon={OctagonX} label={t("runnable.no")} />
        ),
    },
    {
      id: "library",
      header: t("columns.library"),
      className: "whitespace-nowrap",
      cell: (m) => [m.library, m.library_version].filter(Boolean).join(" "),
    },
    {
      id: "task",
      header: t("columns.task"),
      className: "whitespace-nowrap",
      cell: (m) => t(`task.${m.task ?? "none"}`),
    },
    { id: "format", header: t("columns.format"), className: "whitespace-nowrap", cell: (m) => m.format },
    size,
    added,
    actions,
  ];
}
