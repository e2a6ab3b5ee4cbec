import { useQuery } from "@tanstack/react-query";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { ConfirmDialog } from "@/api/ConfirmDialog";
import { ErrorAlert } from "@/api/ErrorAlert";
import type { ApiKey } from "@/api/types";
import { useFormat } from "@/lib/format";
import { Button } from "@/ui/Button";
import { type Column, Table } from "@/ui/Table";

import { NewKeyForm } from "./NewKeyForm";
import { keysQuery, useRevokeKey } from "./queries";

/** Keys with which programs use the API: made here, shown once, revoked here. */
export function ApiKeys() {
  const { t } = useTranslation("account");
  const keys = useQuery(keysQuery);
  const [doomed, setDoomed] = useState<ApiKey | null>(null);
  const revoke = useRevokeKey();
  const close = () => {
    revoke.reset();
    setDoomed(null);
  };
  const columns = useColumns(setDoomed);
  return (
    <div className="flex flex-col gap-4">
      <p className="text-ink-muted">{t("keys.body")}</p>
      {keys.isError ? <ErrorAlert error={keys.error} onRetry={() => void keys.refetch()} /> : null}
      {keys.data && keys.data.items.length > 0 ? (
        <Table label={t("keys.title")} columns={columns} rows={keys.data.items} rowKey={(k) => k.id} dense />
      ) : null}
      {keys.data?.items.length === 0 ? <p className="text-sm text-ink-muted">{t("keys.none")}</p> : null}
      <NewKeyForm />
      <ConfirmDialog
        title={t("keys.revokeTitle")}
        isOpen={doomed !== null}
        onClose={close}
        confirm={t("keys.revokeConfirm", { name: doomed?.name ?? "" })}
        onConfirm={() => doomed && revoke.mutate(doomed.id, { onSuccess: close })}
        work={revoke}
      >
        <p className="break-words">{t("keys.revokeBody", { name: doomed?.name ?? "" })}</p>
      </ConfirmDialog>
    </div>
  );
}

function useColumns(onRevoke: (key: ApiKey) => void): Column<ApiKey>[] {
  const { t } = useTranslation("account");
  const format = useFormat();
  return [
    { id: "name", header: t("keys.name"), rowHeader: true, cell: (k) => k.name },
    { id: "key", header: t("keys.key"), cell: (k) => <span className="font-mono text-xs">{k.hint}…</span> },
    {
      id: "scopes",
      header: t("keys.scopes"),
      cell: (k) => k.scopes.map((s) => t(`keys.scope.${s}`)).join(", "),
    },
    {
      id: "expires",
      header: t("keys.expires"),
      cell: (k) => (k.expired ? t("keys.expired") : format.date(k.expires_at)),
    },
    {
      id: "used",
      header: t("keys.used"),
      cell: (k) => (k.last_used_at ? format.dateTime(k.last_used_at) : t("keys.never")),
    },
    {
      id: "revoke",
      header: <span className="sr-only">{t("keys.revoke")}</span>,
      cell: (k) => (
        <Button
          size="sm"
          look="danger"
          aria-label={t("keys.revokeConfirm", { name: k.name })}
          onPress={() => onRevoke(k)}
        >
          {t("keys.revoke")}
        </Button>
      ),
    },
  ];
}
