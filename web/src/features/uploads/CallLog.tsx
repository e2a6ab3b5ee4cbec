import { useTranslation } from "react-i18next";

import type { ModelFacts } from "@/api/types";
import { useFormat } from "@/lib/format";
import { Table } from "@/ui/Table";

import { Kind } from "./Kind";

interface CallLogProps {
  calls: NonNullable<ModelFacts["calls"]>;
  /** All calls; more than are listed in a large file. */
  count: number;
}

/** The calls of a normal load in order, folded away: none of them was made. */
export function CallLog({ calls, count }: CallLogProps) {
  const { t } = useTranslation("uploads");
  const format = useFormat();
  const shown = calls.length < count ? t("detail.callsFirst", { shown: format.count(calls.length) }) : "";
  return (
    <section>
      <h2 className="text-lg font-semibold">{t("detail.calls")}</h2>
      <p className="mb-2 text-ink-muted">{t("detail.callsLead", { count, n: format.count(count) })}</p>
      <details className="text-sm">
        <summary className="cursor-pointer text-accent-ink">
          {[t("detail.callsShow"), shown].filter(Boolean).join(" ")}
        </summary>
        <Table
          dense
          label={t("detail.calls")}
          className="mt-2 max-h-96 overflow-y-auto rounded-lg border border-line"
          rows={calls}
          rowKey={(_, index) => String(index)}
          columns={[
            {
              id: "offset",
              header: t("detail.importOffset"),
              numeric: true,
              cell: (call) => format.count(call.offset),
            },
            {
              id: "name",
              header: t("detail.importName"),
              rowHeader: true,
              cell: (call) => <span className="font-mono text-xs wrap-anywhere">{call.name}</span>,
            },
            {
              id: "kind",
              header: t("detail.importKind"),
              className: "whitespace-nowrap",
              cell: (call) => <Kind id={call.kind} />,
            },
          ]}
        />
      </details>
    </section>
  );
}
