import { ShieldQuestion } from "lucide-react";
import { useTranslation } from "react-i18next";

import type { DatasetDetail } from "@/api/types";
import { useFormat } from "@/lib/format";
import { Alert } from "@/ui/Alert";
import { Badge } from "@/ui/Badge";
import { Facts } from "@/ui/Facts";
import { Hash } from "@/ui/Hash";
import { Table } from "@/ui/Table";

const delimiters: Record<string, string> = { "\t": "Tab" };

/** What the server saw in a table: its columns with suggested roles, and its first rows. */
export function DatasetView({ dataset }: { dataset: DatasetDetail }) {
  const { t } = useTranslation("uploads");
  const format = useFormat();
  const { preview } = dataset;
  return (
    <div className="flex flex-col gap-6">
      <Remarks dataset={dataset} />
      <section className="card p-5">
        <Facts
          items={[
            { name: t("columns.rows"), value: format.count(dataset.rows) },
            { name: t("columns.columns"), value: format.count(dataset.columns) },
            { name: t("columns.format"), value: dataset.format },
            { name: t("columns.size"), value: format.bytes(dataset.bytes) },
            ...(preview.encoding ? [{ name: t("detail.encoding"), value: preview.encoding }] : []),
            ...(preview.delimiter
              ? [{ name: t("detail.delimiter"), value: delimiters[preview.delimiter] ?? preview.delimiter }]
              : []),
            ...(preview.decimal === "," ? [{ name: t("detail.decimal"), value: preview.decimal }] : []),
            ...(preview.compression ? [{ name: t("detail.compression"), value: preview.compression }] : []),
            ...(preview.suggested.task
              ? [{ name: t("detail.predicts"), value: t(`task.${preview.suggested.task}`) }]
              : []),
            { name: t("columns.added"), value: format.dateTime(dataset.created_at) },
            { name: t("detail.sha"), value: <Hash value={dataset.sha256} label={t("detail.sha")} /> },
          ]}
        />
      </section>
      <section>
        <h2 className="mb-2 text-lg font-semibold">{t("detail.columns")}</h2>
        <div className="card overflow-hidden">
          <Table
            dense
            label={t("detail.columns")}
            rows={preview.columns}
            rowKey={(c) => c.name}
            columns={[
              {
                id: "name",
                header: t("column.name"),
                rowHeader: true,
                cell: (c) => <span className="font-medium wrap-anywhere">{c.name}</span>,
              },
              {
                id: "kind",
                header: t("column.kind"),
                className: "whitespace-nowrap",
                cell: (c) => t(`kind.${c.kind}`),
              },
              {
                id: "missing",
                header: t("column.missing"),
                numeric: true,
                cell: (c) => format.percent(dataset.rows ? c.missing / dataset.rows : 0),
              },
              {
                id: "distinct",
                header: t("column.distinct"),
                numeric: true,
                cell: (c) => format.count(c.distinct),
              },
              {
                id: "role",
                header: t("column.role"),
                className: "whitespace-nowrap",
                cell: (c) => (
                  <span className="flex items-center gap-3">
                    {t(`role.${c.role}`)}
                    {c.protected ? (
                      <Badge look="plain" tone="accent" icon={ShieldQuestion} label={t("column.protected")} />
                    ) : null}
                  </span>
                ),
              },
              {
                id: "examples",
                header: t("column.examples"),
                className: "min-w-52 text-ink-muted",
                cell: (c) => <span className="line-clamp-1 wrap-anywhere">{c.examples.join(" · ")}</span>,
              },
            ]}
          />
        </div>
      </section>
      <Head dataset={dataset} />
    </div>
  );
}

const SHOWN_REMARKS = 20;

function Remarks({ dataset }: { dataset: DatasetDetail }) {
  const { t, i18n } = useTranslation("uploads");
  const format = useFormat();
  const remarks = (dataset.preview.warnings ?? []).filter((w) =>
    i18n.exists(`remark.${w.id}`, { ns: "uploads" }),
  );
  if (remarks.length === 0) return null;
  return (
    <Alert tone="warning" isLive={false} title={t("remark.title")}>
      <ul className="list-disc pl-4">
        {remarks.slice(0, SHOWN_REMARKS).map((w, i) => (
          <li key={i}>
            {t(`remark.${w.id as "fallback-encoding"}`, {
              byte: format.count(w.byte ?? 0),
              column: w.column ?? "",
            })}
          </li>
        ))}
      </ul>
    </Alert>
  );
}

function Head({ dataset }: { dataset: DatasetDetail }) {
  const { t } = useTranslation("uploads");
  const { columns, head } = dataset.preview;
  const label = t("detail.head", { count: head.length });
  return (
    <section>
      <h2 className="mb-2 text-lg font-semibold">{label}</h2>
      <div className="card overflow-hidden">
        <Table
          dense
          label={label}
          rows={head}
          rowKey={(_, i) => String(i)}
          columns={[
            {
              id: "#",
              header: t("detail.row"),
              numeric: true,
              className: "text-ink-faint",
              cell: (_, i) => i + 1,
            },
            ...columns.map((c, at) => ({
              id: `column ${at}`,
              header: c.name,
              numeric: c.kind === "int" || c.kind === "float",
              className: "whitespace-nowrap",
              cell: (row: (string | null)[]) =>
                row[at] ?? <span className="text-ink-faint italic">{t("detail.missingCell")}</span>,
            })),
          ]}
        />
      </div>
    </section>
  );
}
