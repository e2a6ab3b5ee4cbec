import { useMutation } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ArrowLeftRight, ChevronLeft, Download, Trash2 } from "lucide-react";
import { useTranslation } from "react-i18next";

import { downloadReport } from "@/api/audits";
import { ErrorAlert } from "@/api/ErrorAlert";
import { finalStates } from "@/api/events";
import type { Analysis } from "@/api/types";
import { useFormat } from "@/lib/format";
import { saveBlob } from "@/lib/save";
import { Button, buttonClass } from "@/ui/Button";
import { type Fact, Facts } from "@/ui/Facts";
import { Hash } from "@/ui/Hash";
import { Menu } from "@/ui/Menu";

import { CountList, VerdictBadge } from "./Marks";

interface ResultHeaderProps {
  analysis: Analysis;
  /** The title of the browser tab. */
  tab: string;
  onDelete: () => void;
}

/** Whose result this is: name, verdict, model, data, date, digests, downloads. */
export function ResultHeader({ analysis, tab, onDelete }: ResultHeaderProps) {
  const { t } = useTranslation("audits");
  const download = useDownload(analysis.id);
  return (
    <header className="mb-6">
      <title>{tab}</title>
      <Link
        to="/audits"
        className="mb-2 inline-flex min-h-6 items-center gap-1 text-sm text-ink-muted hover:text-ink print:hidden"
      >
        <ChevronLeft aria-hidden size={14} />
        {t("result.back")}
      </Link>
      <div className="flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
        <div className="min-w-0">
          <h1 tabIndex={-1} className="text-2xl font-semibold break-words">
            {analysis.name}
          </h1>
          <div className="mt-2 flex flex-wrap items-center gap-x-4 gap-y-2">
            <VerdictBadge state={analysis.state} verdict={analysis.verdict} />
            {analysis.state === "done" ? <CountList counts={analysis.counts} /> : null}
          </div>
        </div>
        <div className="flex items-center gap-2 print:hidden">
          {finalStates.has(analysis.state) ? (
            <Button
              look="quiet"
              size="icon"
              aria-label={t("delete.of", { name: analysis.name })}
              onPress={onDelete}
            >
              <Trash2 aria-hidden size={16} className="text-ink-muted" />
            </Button>
          ) : null}
          {analysis.result ? (
            <Link to="/audits/compare" search={{ new: analysis.id }} className={buttonClass()}>
              <ArrowLeftRight aria-hidden size={15} />
              {t("result.compare")}
            </Link>
          ) : null}
          {analysis.result ? (
            <Menu
              label={t("result.downloads")}
              trigger={
                <Button isPending={download.isPending}>
                  <Download aria-hidden size={15} />
                  {t("result.download")}
                </Button>
              }
              actions={[
                { id: "txt-en", label: t("result.txtEn"), onAction: () => download.mutate(["txt", "en"]) },
                { id: "txt-es", label: t("result.txtEs"), onAction: () => download.mutate(["txt", "es"]) },
                { id: "json", label: t("result.json"), onAction: () => download.mutate(["json", "en"]) },
              ]}
            />
          ) : null}
        </div>
      </div>
      {download.isError ? (
        <div className="mt-3">
          <ErrorAlert error={download.error} />
        </div>
      ) : null}
      <HeaderFacts analysis={analysis} />
    </header>
  );
}

function useDownload(id: string) {
  return useMutation({
    mutationFn: async ([format, language]: ["txt" | "json", "en" | "es"]) => {
      const { blob, name } = await downloadReport(id, format, language);
      saveBlob(blob, name);
    },
  });
}

function HeaderFacts({ analysis }: { analysis: Analysis }) {
  const { t } = useTranslation("audits");
  const format = useFormat();
  const manifest = analysis.result?.manifest;
  const rows = manifest?.rows ?? analysis.rows;
  const facts: Fact[] = [
    {
      name: t("result.model"),
      value: analysis.model ? (
        <Link
          to="/models/$id"
          params={{ id: analysis.model.id }}
          className="wrap-anywhere underline-offset-2 hover:underline"
        >
          {analysis.model.filename}
        </Link>
      ) : (
        t("result.stored")
      ),
    },
    {
      name: t("result.data"),
      value: (
        <Link
          to="/data/$id"
          params={{ id: analysis.dataset.id }}
          className="wrap-anywhere underline-offset-2 hover:underline"
        >
          {analysis.dataset.filename}
        </Link>
      ),
    },
    ...(rows == null ? [] : [{ name: t("result.rows"), value: format.count(rows) }]),
    { name: t("result.task"), value: t(`task.${analysis.task ?? "none"}`) },
    ...(manifest
      ? [
          { name: t("result.target"), value: manifest.roles.target },
          {
            name: t("result.protected"),
            value: manifest.roles.protected.join(", ") || t("columns.protectedNone"),
          },
        ]
      : []),
    analysis.finished_at
      ? { name: t("result.finished"), value: format.dateTime(analysis.finished_at) }
      : { name: t("result.started"), value: format.dateTime(analysis.created_at) },
    ...(manifest
      ? [
          ...(manifest.model.sha256
            ? [
                {
                  name: t("result.modelHash"),
                  value: <Hash value={manifest.model.sha256} label={t("result.modelHash")} />,
                },
              ]
            : []),
          {
            name: t("result.dataHash"),
            value: <Hash value={manifest.data.sha256} label={t("result.dataHash")} />,
          },
          {
            name: t("result.policy"),
            value: `${manifest.policy.name} ${manifest.policy.version}`,
          },
          { name: t("result.engine"), value: `Fine ${analysis.result?.engine_version}` },
          { name: t("result.seed"), value: manifest.seed },
        ]
      : []),
  ];
  return (
    <div id="facts" tabIndex={-1} className="card mt-4 px-5 py-4">
      <Facts items={facts} className="lg:!grid-cols-6" />
    </div>
  );
}
