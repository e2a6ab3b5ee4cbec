import { ChevronDown, ChevronUp } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { Cell, Counterfactuals, RowReport } from "@/api/asked";
import { useNumbers } from "@/charts/use-numbers";
import { Button } from "@/ui/Button";
import { Field } from "@/ui/Field";
import { Select } from "@/ui/Select";

import { type Choices, noChoices, readChoices, type Way, ways } from "./choices";
import { inputs } from "./edits";

const COUNTS = ["1", "2", "3", "5", "10"];
const MOST = ["1", "2", "3", "4", "5"];

interface ChangesFormProps {
  report: RowReport;
  classes: string[];
  isRegression: boolean;
  /** What stayed in the last answer, and why. */
  stayed: Counterfactuals["stayed"];
  choices: Choices;
  onChange: (choices: Choices) => void;
  isPending: boolean;
  onAsk: () => void;
}

/** What the answer shall become, how much may change, and which columns. */
export function ChangesForm(props: ChangesFormProps) {
  const { report, classes, isRegression, stayed, choices, onChange, isPending, onAsk } = props;
  const { t } = useTranslation("explore");
  const numbers = useNumbers();
  const [open, setOpen] = useState(false);
  const { ask, wrong } = readChoices(choices, isRegression);
  const set = (some: Partial<Choices>) => onChange({ ...choices, ...some });
  const wrongNumber = (field: (typeof wrong)[number]) =>
    wrong.includes(field) ? t(`changes.wrong.${field}`) : undefined;
  const cells = inputs(report);
  const chosen = Object.values(choices.columns).filter((way) => way !== "default").length;
  return (
    <form
      className="card flex min-w-0 flex-col gap-4 px-4 py-4 sm:px-5"
      onSubmit={(event) => {
        event.preventDefault();
        if (ask) onAsk();
      }}
    >
      <p className="max-w-[75ch] text-sm text-ink-muted">{t("changes.lead")}</p>
      <div className="grid min-w-0 grid-cols-2 gap-4 lg:grid-cols-4">
        {isRegression ? (
          <>
            <Field
              label={t("changes.atLeast")}
              inputMode="decimal"
              value={choices.atLeast}
              onChange={(atLeast) => set({ atLeast })}
              error={wrongNumber("atLeast")}
            />
            <Field
              label={t("changes.atMost")}
              inputMode="decimal"
              value={choices.atMost}
              onChange={(atMost) => set({ atMost })}
              error={wrongNumber("atMost")}
            />
          </>
        ) : (
          <Select
            label={t("changes.wanted")}
            className="col-span-2 sm:col-span-1"
            options={[
              { id: "", label: t("changes.any") },
              ...classes.map((name) => ({ id: name, label: name })),
            ]}
            value={choices.wanted}
            onChange={(wanted) => set({ wanted })}
          />
        )}
        <Select
          label={t("changes.most")}
          options={MOST.map((id) => ({ id, label: id }))}
          value={choices.most}
          onChange={(most) => set({ most })}
        />
        <Select
          label={t("changes.count")}
          options={COUNTS.map((id) => ({ id, label: id }))}
          value={choices.count}
          onChange={(count) => set({ count })}
        />
        <Field
          label={t("changes.distance")}
          className="col-span-2 sm:col-span-1"
          inputMode="decimal"
          placeholder={t("changes.noLimit")}
          value={choices.distance}
          onChange={(distance) => set({ distance })}
          error={wrongNumber("distance")}
        />
      </div>
      <Button size="sm" className="self-start" aria-expanded={open} onPress={() => setOpen(!open)}>
        {open ? <ChevronUp aria-hidden size={14} /> : <ChevronDown aria-hidden size={14} />}
        {chosen === 0
          ? t("changes.columns", { n: numbers.count(cells.length) })
          : t("changes.columnsChosen", { n: numbers.count(cells.length), count: chosen })}
      </Button>
      {open ? (
        <div className="grid min-w-0 gap-4 wrap-anywhere sm:grid-cols-2 xl:grid-cols-3">
          {cells.map((cell) => (
            <ColumnWay
              key={cell.column}
              cell={cell}
              way={choices.columns[cell.column] ?? "default"}
              reason={stayed.find((s) => s.column === cell.column)?.reason}
              onChange={(way) => set({ columns: { ...choices.columns, [cell.column]: way } })}
            />
          ))}
        </div>
      ) : null}
      <div className="flex flex-wrap gap-3">
        <Button type="submit" look="primary" isPending={isPending} isDisabled={ask === null}>
          {t("changes.ask")}
        </Button>
        <Button onPress={() => onChange(noChoices)}>{t("changes.reset")}</Button>
      </div>
    </form>
  );
}

interface ColumnWayProps {
  cell: Cell;
  way: Way;
  /** Why it stayed in the last answer. */
  reason: string | undefined;
  onChange: (way: Way) => void;
}

function ColumnWay({ cell, way, reason, onChange }: ColumnWayProps) {
  const { t } = useTranslation("explore");
  const possible = ways.filter((w) => cell.kind !== "text" || (w !== "rise" && w !== "fall"));
  return (
    <Select
      label={cell.column}
      size="sm"
      options={possible.map((id) => ({ id, label: t(`changes.ways.${id}`) }))}
      value={way}
      onChange={onChange}
      {...(way === "default" && reason !== undefined
        ? {
            help: t("changes.staysBecause", {
              reason: t(`changes.stayed.${reason}` as "changes.stayed.asked"),
            }),
          }
        : {})}
    />
  );
}
