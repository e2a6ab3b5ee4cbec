import { useInfiniteQuery } from "@tanstack/react-query";
import { X } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { ErrorAlert } from "@/api/ErrorAlert";
import type { ModelDetail, ModelReading } from "@/api/types";
import { announce } from "@/lib/announce";
import { Button } from "@/ui/Button";
import { Select } from "@/ui/Select";

import { modelsQuery, useModelReading } from "./queries";

const WHOLE = "\u0000whole";

/** Which part of the file is the model, and the files with transformers that stand before it. */
export function ModelReadingPanel({ model }: { model: ModelDetail }) {
  const { t } = useTranslation("uploads");
  const [reading, setReading] = useState<ModelReading>(model.reading);
  const change = useModelReading(model.id);
  const models = useInfiniteQuery(modelsQuery);
  const others = (models.data?.pages ?? []).flatMap((p) => p.items).filter((m) => m.id !== model.id);
  const { keys = [], steps = [], outputs = [] } = model.facts.choices ?? {};
  const before = reading.before ?? [];
  const free = others.filter((m) => !before.includes(m.id));
  const isPipeline = steps.length > 1 && !reading.output;
  const nothing = keys.length === 0 && !isPipeline && outputs.length === 0 && others.length === 0;
  if (nothing && isWhole(model.reading)) return null;
  const put = (part: Partial<ModelReading>) => setReading((now) => ({ ...now, ...part }));
  const isChanged = JSON.stringify(plain(reading)) !== JSON.stringify(plain(model.reading));
  return (
    <section className="card flex flex-col gap-4 p-5">
      <div>
        <h2 className="text-lg font-semibold">{t("reading.title")}</h2>
        <p className="text-ink-muted">{t("reading.lead")}</p>
      </div>
      <div className="grid gap-5 empty:hidden sm:grid-cols-2 lg:grid-cols-3">
        {keys.length > 0 ? (
          <Select
            label={t("reading.pick")}
            options={named(keys, t("reading.pickNone"))}
            value={reading.pick ?? WHOLE}
            onChange={(id) => put({ pick: id === WHOLE ? null : id })}
          />
        ) : null}
        {isPipeline ? (
          <Select
            label={t("reading.fromStep")}
            options={named(steps.slice(1), t("reading.fromFirst", { step: steps[0] }))}
            value={reading.from_step ?? WHOLE}
            onChange={(id) => put({ from_step: id === WHOLE ? null : id })}
            help={t("reading.fromStepHelp")}
          />
        ) : null}
        {outputs.length > 0 ? (
          <Select
            label={t("reading.output")}
            options={outputs.map((what, k) => ({
              id: String(k),
              label: `${k} · ${what}`,
            }))}
            placeholder={t("pick.placeholder")}
            value={reading.output == null ? null : String(reading.output)}
            onChange={(id) => put({ output: Number(id) })}
          />
        ) : null}
        {free.length > 0 ? (
          <Select
            label={t("reading.add")}
            placeholder={t("pick.placeholder")}
            options={free.map((m) => ({
              id: m.id,
              label: m.filename,
              note: m.library,
            }))}
            value={null}
            onChange={(id) => put({ before: [...before, id] })}
            help={t("reading.addHelp")}
          />
        ) : null}
      </div>
      {before.length > 0 ? (
        <ol aria-label={t("reading.order")} className="flex flex-wrap items-center gap-2">
          {before.map((id) => {
            const name = others.find((m) => m.id === id)?.filename ?? id;
            return (
              <li key={id} className="flex items-center gap-2 text-sm">
                <span className="flex items-center gap-1 rounded-md border border-line bg-surface py-0.5 pr-1 pl-2.5 wrap-anywhere">
                  {name}
                  <Button
                    size="sm"
                    look="quiet"
                    aria-label={t("reading.remove", { name })}
                    onPress={() => put({ before: before.filter((other) => other !== id) })}
                  >
                    <X aria-hidden size={13} />
                  </Button>
                </span>
                <span aria-hidden className="text-ink-faint">
                  →
                </span>
              </li>
            );
          })}
          <li className="text-sm font-medium wrap-anywhere">{model.filename}</li>
        </ol>
      ) : null}
      {change.error ? <ErrorAlert error={change.error} /> : null}
      <div>
        <Button
          look="primary"
          isDisabled={!isChanged}
          isPending={change.isPending}
          onPress={() =>
            change.mutate(plain(reading), {
              onSuccess: (seen) => announce(t(seen.runnable ? "reading.runs" : "reading.fails")),
            })
          }
        >
          {t("reading.apply")}
        </Button>
      </div>
    </section>
  );
}

function named(names: readonly string[], whole: string) {
  return [{ id: WHOLE, label: whole }, ...names.map((name) => ({ id: name, label: name }))];
}

/** Without what is not chosen. */
function plain(reading: ModelReading): ModelReading {
  return {
    ...(reading.before?.length ? { before: reading.before } : {}),
    ...(reading.pick != null ? { pick: reading.pick } : {}),
    ...(reading.from_step != null ? { from_step: reading.from_step } : {}),
    ...(reading.output != null ? { output: reading.output } : {}),
  };
}

/** True when the file is read as it is. */
export function isWhole(reading: ModelReading): boolean {
  return Object.keys(plain(reading)).length === 0;
}
