import { clsx } from "clsx";
import type { ReactNode } from "react";

export interface Column<Row> {
  id: string;
  header: ReactNode;
  /** Numbers stand right with digits of one width. */
  numeric?: boolean;
  className?: string;
  cell: (row: Row, index: number) => ReactNode;
  /** This cell names the row. */
  rowHeader?: boolean;
}

interface TableProps<Row> {
  /** Names the table and its scroll region. */
  label: string;
  columns: readonly Column<Row>[];
  rows: readonly Row[];
  rowKey: (row: Row, index: number) => string;
  /** Shows the label above the table. */
  caption?: boolean;
  dense?: boolean;
  className?: string;
}

/** A table that scrolls inside its own labelled, focusable region when it is too wide. */
export function Table<Row>({ label, columns, rows, rowKey, caption, dense, className }: TableProps<Row>) {
  const pad = dense ? "px-3 py-1.5" : "px-3 py-2.5";
  return (
    <div
      role="region"
      aria-label={label}
      // A region that scrolls must be reachable by keyboard.
      // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
      tabIndex={0}
      className={clsx("relative w-full overflow-x-auto rounded-md outline-offset-[-2px]", className)}
    >
      <table className="num w-full border-collapse text-left text-sm">
        <caption className={clsx(caption ? "px-3 pb-2 text-left text-sm text-ink-muted" : "sr-only")}>
          {label}
        </caption>
        <thead>
          <tr className="border-b border-line">
            {columns.map((c) => (
              <th
                key={c.id}
                scope="col"
                className={clsx(
                  "px-3 py-2 text-xs font-medium whitespace-nowrap text-ink-muted",
                  c.numeric && "text-right",
                  c.className,
                )}
              >
                {c.header}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {rows.map((row, i) => (
            <tr key={rowKey(row, i)} className="border-b border-line last:border-0 hover:bg-sunken">
              {columns.map((c) => {
                const classes = clsx(pad, "align-middle", c.numeric && "text-right", c.className);
                return c.rowHeader ? (
                  <th key={c.id} scope="row" className={clsx(classes, "font-normal")}>
                    {c.cell(row, i)}
                  </th>
                ) : (
                  <td key={c.id} className={classes}>
                    {c.cell(row, i)}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </div>
  );
}
