import { clsx } from "clsx";
import type { ReactNode } from "react";

export interface Fact {
  name: string;
  value: ReactNode;
}

/** Names and values: two columns where there is room. */
export function Facts({ items, className }: { items: readonly Fact[]; className?: string }) {
  return (
    <dl
      className={clsx(
        "num grid grid-cols-2 gap-x-4 sm:gap-x-6 gap-y-3 sm:grid-cols-3 lg:grid-cols-4",
        className,
      )}
    >
      {items.map((f) => (
        <div key={f.name} className="min-w-0">
          <dt className="text-xs text-ink-muted">{f.name}</dt>
          <dd className="text-base break-words">{f.value}</dd>
        </div>
      ))}
    </dl>
  );
}
