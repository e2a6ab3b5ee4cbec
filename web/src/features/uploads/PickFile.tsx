import { useInfiniteQuery } from "@tanstack/react-query";
import { FileBox, FileSpreadsheet } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { Answer } from "@/api/Answer";
import type { FileKind } from "@/api/files";
import { useFormat } from "@/lib/format";
import { Button } from "@/ui/Button";
import { Select } from "@/ui/Select";
import { Skeleton } from "@/ui/Skeleton";

import { datasetsQuery, modelsQuery } from "./queries";
import { UploadPanel } from "./UploadPanel";

interface PickFileProps {
  kind: FileKind;
  title: string;
  help: string;
  limit: number;
  value: string | null;
  onChange: (id: string | null) => void;
}

/** One file out of those uploaded, or a new one. */
export function PickFile({ kind, title, help, limit, value, onChange }: PickFileProps) {
  const { t } = useTranslation("uploads");
  const choices = useChoices(kind);
  const [changing, setChanging] = useState(false);
  const chosen = choices.items.find((item) => item.id === value);
  const Icon = kind === "datasets" ? FileSpreadsheet : FileBox;
  const take = (id: string) => {
    setChanging(false);
    onChange(id);
  };
  return (
    <section className="card flex flex-col gap-4 p-5">
      <div>
        <h2 className="text-lg font-semibold">{title}</h2>
        <p className="text-ink-muted">{help}</p>
      </div>
      <Answer query={choices.query} skeleton={<Skeleton className="h-9" />}>
        {() =>
          chosen && !changing ? (
            <div className="flex items-center gap-3 rounded-md border border-accent/40 bg-accent-soft px-3.5 py-3">
              <Icon aria-hidden size={20} strokeWidth={1.7} className="shrink-0 text-accent-ink" />
              <span className="min-w-0 flex-1">
                <span className="block font-medium wrap-anywhere">{chosen.filename}</span>
                <span className="num block text-sm text-ink-muted">{chosen.note}</span>
              </span>
              <Button size="sm" onPress={() => setChanging(true)}>
                {t("pick.change")}
              </Button>
            </div>
          ) : (
            <>
              {choices.items.length > 0 ? (
                <Select
                  label={t("pick.existing")}
                  placeholder={t("pick.placeholder")}
                  options={choices.items.map((item) => ({
                    id: item.id,
                    label: item.filename,
                    note: item.note,
                  }))}
                  value={value && chosen ? value : null}
                  onChange={take}
                />
              ) : null}
              <UploadPanel kind={kind} limit={limit} onReady={({ id }) => take(id)} />
            </>
          )
        }
      </Answer>
    </section>
  );
}

interface Choice {
  id: string;
  filename: string;
  note: string;
}

/** The uploaded files with one line about each. */
export function useChoices(kind: FileKind): {
  query: { data: unknown; error: unknown; isFetching: boolean; refetch: () => unknown };
  items: Choice[];
} {
  const { t } = useTranslation("uploads");
  const format = useFormat();
  const datasets = useInfiniteQuery({ ...datasetsQuery, enabled: kind === "datasets" });
  const models = useInfiniteQuery({ ...modelsQuery, enabled: kind === "models" });
  if (kind === "datasets") {
    const items = (datasets.data?.pages ?? []).flatMap((p) => p.items);
    return {
      query: datasets,
      items: items.map((d) => ({
        id: d.id,
        filename: d.filename,
        note: t("pick.datasetNote", {
          rows: format.count(d.rows),
          columns: format.count(d.columns),
          date: format.date(d.created_at),
        }),
      })),
    };
  }
  const items = (models.data?.pages ?? []).flatMap((p) => p.items).filter((m) => m.runnable);
  return {
    query: models,
    items: items.map((m) => ({
      id: m.id,
      filename: m.filename,
      note: [m.library, m.library_version, "·", t(`task.${m.task ?? "none"}`), "·", format.date(m.created_at)]
        .filter(Boolean)
        .join(" "),
    })),
  };
}
