import type { Cell, CellValue, Changes, RowReport } from "@/api/asked";

/** What is typed into the fields, by column; a column that is left alone is not there. */
export type Edits = Record<string, string>;

/** The choice that empties a cell: a sign for private use, which no table means. */
export const EMPTY = "\uE000";

/** Whether all values of the column can be listed. */
export function isListed(cell: Cell): boolean {
  return cell.kind === "bool" || (cell.distinct > 0 && cell.distinct <= cell.choices.length);
}

/** A field as it stands before anything is typed. */
export function written(cell: Cell): string {
  if (cell.value === null) return isListed(cell) ? EMPTY : "";
  return String(cell.value);
}

/** The value of a field, typed as its column; `undefined` for what the column cannot hold. */
export function typed(cell: Cell, text: string): CellValue | undefined {
  if (text === EMPTY) return null;
  switch (cell.kind) {
    case "text":
      return text === "" ? null : text;
    case "bool":
      return text === "true" ? true : text === "false" ? false : undefined;
    default: {
      const value = readNumber(text);
      if (value === null || value === undefined) return value;
      return cell.kind === "float" || Number.isSafeInteger(value) ? value : undefined;
    }
  }
}

/** A number as people write it; `null` for nothing, `undefined` for what is none. */
export function readNumber(text: string): number | null | undefined {
  const plain = text.trim();
  if (plain === "") return null;
  // A decimal comma, where it can be nothing else.
  const value = Number(/^[^.]*,[^.,]*$/.test(plain) ? plain.replace(",", ".") : plain);
  return Number.isFinite(value) ? value : undefined;
}

/** Inputs of the model by how much they add to the row's output. */
export function inputs(report: RowReport): Cell[] {
  const order = report.explanation.contributions.map((c) => c.feature);
  const place = (cell: Cell) => {
    const at = order.indexOf(cell.column);
    return at < 0 ? order.length : at;
  };
  return report.cells.filter((cell) => cell.input).toSorted((a, b) => place(a) - place(b));
}

/** The fields that hold something else than the row, typed; and the columns whose text means nothing. */
export function readEdits(cells: Cell[], edits: Edits): { changes: Changes; wrong: string[] } {
  const changes: Changes = {};
  const wrong: string[] = [];
  for (const cell of cells) {
    const text = edits[cell.column];
    if (text === undefined || text === written(cell)) continue;
    const value = typed(cell, text);
    if (value === undefined) wrong.push(cell.column);
    else if (value !== cell.value) changes[cell.column] = value;
  }
  return { changes, wrong };
}
