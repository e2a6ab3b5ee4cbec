import { Link } from "@tanstack/react-router";
import { Trash2 } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { AnalysisSummary } from "@/api/types";
import { useFormat } from "@/lib/format";
import { Button } from "@/ui/Button";
import { Table } from "@/ui/Table";

import { DeleteAnalysisDialog } from "./DeleteAnalysisDialog";
import { CountList, VerdictBadge } from "./Marks";

/** The analyses as a table: what, verdict, findings, when. */
export function AnalysesTable({ items }: { items: readonly AnalysisSummary[] }) {
  const { t } = useTranslation("audits");
  const format = useFormat();
  const [doomed, setDoomed] = useState<AnalysisSummary | null>(null);
  return (
    <div className="card overflow-hidden">
      <Table
        label={t("title")}
        rows={items}
        rowKey={(a) => a.id}
        columns={[
          {
            id: "name",
            header: t("column.name"),
            rowHeader: true,
            className: "min-w-56",
            cell: (a) => (
              <span className="flex flex-col">
                <Link
                  to="/audits/$id"
                  params={{ id: a.id }}
                  className="text-base font-medium break-words text-ink underline-offset-2 hover:text-accent-ink hover:underline"
                >
                  {a.name}
                </Link>
                <span className="wrap-anywhere text-ink-muted">
                  {[a.model?.filename, a.dataset.filename].filter(Boolean).join(" · ")}
                </span>
                <span className="mt-1 sm:hidden">
                  <CountList counts={a.counts} />
                </span>
              </span>
            ),
          },
          {
            id: "verdict",
            header: t("column.verdict"),
            cell: (a) => <VerdictBadge state={a.state} verdict={a.verdict} />,
          },
          {
            id: "findings",
            header: t("column.findings"),
            className: "min-w-48 max-sm:hidden",
            cell: (a) => <CountList counts={a.counts} />,
          },
          {
            id: "rows",
            header: t("column.rows"),
            numeric: true,
            cell: (a) => (a.rows === null ? "–" : format.count(a.rows)),
          },
          {
            id: "created",
            header: t("column.created"),
            className: "whitespace-nowrap text-ink-muted",
            cell: (a) => format.dateTime(a.created_at),
          },
          {
            id: "actions",
            header: <span className="sr-only">{t("column.actions")}</span>,
            className: "w-12 text-right",
            cell: (a) => (
              <Button
                look="quiet"
                size="icon"
                aria-label={t("delete.of", { name: a.name })}
                onPress={() => setDoomed(a)}
              >
                <Trash2 aria-hidden size={15} className="text-ink-muted" />
              </Button>
            ),
          },
        ]}
      />
      <DeleteAnalysisDialog analysis={doomed} onClose={() => setDoomed(null)} />
    </div>
  );
}
