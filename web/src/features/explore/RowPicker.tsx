import { ChevronLeft, ChevronRight } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import { useNumbers } from "@/charts/use-numbers";
import { Button } from "@/ui/Button";
import { Field } from "@/ui/Field";

export interface RowProps {
  id: string;
  /** From 1. */
  row: number;
  rows: number;
  onRow: (row: number) => void;
}

/** Which row: its number, or the next one. */
export function RowPicker({ row, rows, onRow }: Omit<RowProps, "id">) {
  const { t } = useTranslation("explore");
  const numbers = useNumbers();
  const [text, setText] = useState(String(row));
  const [before, setBefore] = useState(row);
  if (row !== before) {
    setBefore(row);
    setText(String(row));
  }
  const wanted = /^\d+$/.test(text.trim()) ? Number(text) : Number.NaN;
  const fits = wanted >= 1 && wanted <= rows;
  return (
    <form
      className="flex flex-wrap items-end gap-2"
      onSubmit={(event) => {
        event.preventDefault();
        if (fits) onRow(wanted);
      }}
    >
      <Field
        label={t("row.label")}
        inputMode="numeric"
        value={text}
        onChange={setText}
        error={fits ? undefined : t("row.range", { rows: numbers.count(rows) })}
        className="w-40"
      />
      <Button type="submit" look="primary" isDisabled={!fits}>
        {t("row.show")}
      </Button>
      <Button aria-label={t("row.before")} isDisabled={row <= 1} onPress={() => onRow(row - 1)}>
        <ChevronLeft aria-hidden size={16} />
      </Button>
      <Button aria-label={t("row.after")} isDisabled={row >= rows} onPress={() => onRow(row + 1)}>
        <ChevronRight aria-hidden size={16} />
      </Button>
    </form>
  );
}
