import type { ReactNode } from "react";

export interface Fact {
  label: string;
  value: string;
  /** Interval, n, unit. */
  note?: string | undefined;
}

/** The numbers that answer the stage's question, in one row. */
export function Headline({ facts }: { facts: Fact[] }) {
  return (
    <dl className="grid grid-cols-2 overflow-hidden rounded-lg border border-line bg-surface shadow-lift sm:grid-cols-[repeat(auto-fit,minmax(10.5rem,1fr))]">
      {facts.map((fact) => (
        <div
          key={fact.label}
          className="-mb-px flex min-w-0 flex-col gap-0.5 border-r border-b border-line px-3.5 py-2.5"
        >
          <dt className="text-xs text-ink-muted first-letter:uppercase">{fact.label}</dt>
          <dd className="num text-lg leading-tight font-semibold break-words text-ink">{fact.value}</dd>
          {fact.note && <dd className="num text-xs break-words text-ink-faint">{fact.note}</dd>}
        </div>
      ))}
    </dl>
  );
}

/** A titled part of a stage. */
export function Part({
  title,
  note,
  children,
}: {
  title: string;
  note?: string | undefined;
  children: ReactNode;
}) {
  return (
    <section className="@container card flex min-w-0 flex-col gap-4 px-4 py-4 sm:px-5">
      <header>
        <h3 className="text-lg font-semibold">{title}</h3>
        {note && <p className="max-w-[75ch] text-sm text-ink-muted">{note}</p>}
      </header>
      {children}
    </section>
  );
}

/** Two figures side by side where there is room. */
export function Pair({ children }: { children: ReactNode }) {
  return <div className="grid min-w-0 gap-x-10 gap-y-7 @3xl:grid-cols-2 [&>*]:min-w-0">{children}</div>;
}
