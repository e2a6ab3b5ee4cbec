import { useInfiniteQuery } from "@tanstack/react-query";
import { useTranslation } from "react-i18next";

import { ErrorAlert } from "@/api/ErrorAlert";
import type { TrailItem } from "@/api/types";
import { useFormat } from "@/lib/format";
import { Button } from "@/ui/Button";
import { type Column, Table } from "@/ui/Table";

import type words from "./en.json";
import { trailQuery } from "./queries";

type Action = keyof (typeof words)["trail"]["action"];

/** Who did what with the account, newest first. */
export function Trail() {
  const { t } = useTranslation("account");
  const trail = useInfiniteQuery(trailQuery);
  const rows = trail.data?.pages.flatMap((page) => page.items) ?? [];
  const columns = useColumns();
  return (
    <div className="flex flex-col gap-4">
      <p className="text-ink-muted">{t("trail.body")}</p>
      {trail.isError ? <ErrorAlert error={trail.error} onRetry={() => void trail.refetch()} /> : null}
      {rows.length > 0 ? (
        <Table label={t("trail.title")} columns={columns} rows={rows} rowKey={(row) => row.id} dense />
      ) : null}
      {trail.hasNextPage ? (
        <Button
          size="sm"
          className="self-start"
          isPending={trail.isFetchingNextPage}
          onPress={() => void trail.fetchNextPage()}
        >
          {t("trail.more")}
        </Button>
      ) : null}
    </div>
  );
}

function useColumns(): Column<TrailItem>[] {
  const { t, i18n } = useTranslation("account");
  const format = useFormat();
  const action = (id: string) =>
    i18n.exists(`trail.action.${id}`, { ns: "account" }) ? t(`trail.action.${id as Action}`) : id;
  return [
    { id: "at", header: t("trail.at"), cell: (row) => format.dateTime(row.at) },
    { id: "action", header: t("trail.what"), rowHeader: true, cell: (row) => action(row.action) },
    { id: "by", header: t("trail.by"), cell: (row) => t(row.by === "key" ? "trail.key" : "trail.person") },
    {
      id: "address",
      header: t("trail.address"),
      cell: (row) => <span className="font-mono text-xs">{row.address ?? ""}</span>,
    },
  ];
}
