import { clsx } from "clsx";

export interface TwinColumn {
  label: string;
  numeric?: boolean;
}

/** The same numbers as a table: every word of a tooltip is one of its rows. */
export interface Twin {
  columns: TwinColumn[];
  rows: string[][];
}

/** A table that scrolls inside its own labelled region. */
export function TableTwin({ twin, label }: { twin: Twin; label: string }) {
  return (
    // A region that scrolls must be reachable by keyboard.
    // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
    <section aria-label={label} tabIndex={0} className="max-h-96 overflow-auto rounded-md border border-line">
      <table className="num w-full border-collapse text-sm">
        <thead className="sticky top-0 bg-sunken">
          <tr>
            {twin.columns.map((column) => (
              <th
                key={column.label}
                scope="col"
                className={clsx(
                  "border-b border-line px-3 py-1.5 text-xs font-medium text-ink-muted",
                  column.numeric ? "text-right" : "text-left",
                )}
              >
                {column.label}
              </th>
            ))}
          </tr>
        </thead>
        <tbody>
          {twin.rows.map((row, i) => (
            // Rows are positions of a drawing: they have no other identity.
            // oxlint-disable-next-line react/no-array-index-key
            <tr key={i} className="border-b border-line last:border-0">
              {row.map((cell, j) => {
                const column = twin.columns[j];
                const look = clsx(
                  "px-3 py-1 font-normal",
                  column?.numeric ? "text-right whitespace-nowrap" : "text-left",
                );
                return j === 0 ? (
                  <th key={column?.label} scope="row" className={look}>
                    {cell}
                  </th>
                ) : (
                  <td key={column?.label} className={look}>
                    {cell}
                  </td>
                );
              })}
            </tr>
          ))}
        </tbody>
      </table>
    </section>
  );
}
