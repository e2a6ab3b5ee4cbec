import type { ReactNode } from "react";

interface EmptyStateProps {
  title: string;
  children?: ReactNode;
  /** One next step. */
  action?: ReactNode;
}

/** What belongs here, and the exact next step. */
export function EmptyState({ title, children, action }: EmptyStateProps) {
  return (
    <div className="flex flex-col items-start gap-1.5 rounded-lg border border-dashed border-line px-6 py-9 sm:items-center sm:text-center">
      <h2 className="text-lg font-semibold">{title}</h2>
      {children ? <div className="max-w-prose text-base text-ink-muted">{children}</div> : null}
      {action ? <div className="mt-3 flex flex-wrap gap-2">{action}</div> : null}
    </div>
  );
}
