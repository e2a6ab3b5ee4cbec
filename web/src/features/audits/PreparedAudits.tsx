import { useMutation, useQuery, useQueryClient } from "@tanstack/react-query";
import { useNavigate } from "@tanstack/react-router";
import { Play } from "lucide-react";
import { useTranslation } from "react-i18next";

import { startAudit } from "@/api/audits";
import { ErrorAlert } from "@/api/ErrorAlert";
import type { PreparedAudit } from "@/api/types";
import { useFormat } from "@/lib/format";
import { Button } from "@/ui/Button";

import { updateDraft } from "./draftStore";
import { preparedQuery } from "./queries";

/** Audits that wait for a click; nothing where there are none. */
export function PreparedAudits() {
  const { t } = useTranslation("audits");
  const { data } = useQuery(preparedQuery);
  if (!data?.length) return null;
  return (
    <section aria-labelledby="prepared" className="mt-8">
      <h2 id="prepared" className="mb-3 text-lg font-semibold">
        {t("prepared.title")}
      </h2>
      <ul className="grid gap-3 md:grid-cols-2">
        {data.map((audit) => (
          <li key={audit.request.name} className="card p-4">
            <Prepared audit={audit} />
          </li>
        ))}
      </ul>
    </section>
  );
}

function Prepared({ audit }: { audit: PreparedAudit }) {
  const { t } = useTranslation("audits");
  const format = useFormat();
  const navigate = useNavigate();
  const queryClient = useQueryClient();
  const start = useMutation({
    mutationFn: () => startAudit(audit.request),
    onSuccess: async ({ analysis_id: id }) => {
      await navigate({ to: "/audits/$id", params: { id } });
      await queryClient.invalidateQueries({ queryKey: ["audits", "list"] });
    },
  });
  const name = audit.request.name ?? audit.model ?? audit.dataset;
  return (
    <>
      <p className="text-base font-medium break-words">{name}</p>
      <p className="mt-0.5 wrap-anywhere text-ink-muted">
        {[audit.model, audit.dataset].filter(Boolean).join(" · ")} ·{" "}
        {t("prepared.rows", { count: audit.rows, n: format.count(audit.rows) })}
      </p>
      {start.isError ? (
        <div className="mt-3">
          <ErrorAlert error={start.error} />
        </div>
      ) : null}
      <div className="mt-3 flex flex-wrap gap-2">
        <Button
          look="primary"
          size="sm"
          isPending={start.isPending}
          aria-label={t("prepared.startOf", { name })}
          onPress={() => start.mutate()}
        >
          <Play aria-hidden size={14} />
          {t("prepared.start")}
        </Button>
        <Button
          look="quiet"
          size="sm"
          aria-label={t("prepared.settingsOf", { name })}
          onPress={() => {
            updateDraft({ type: "prepared", request: audit.request });
            void navigate({ to: "/audits/new/columns" });
          }}
        >
          {t("prepared.settings")}
        </Button>
      </div>
    </>
  );
}
