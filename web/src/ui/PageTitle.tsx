import type { ReactNode } from "react";

interface PageTitleProps {
  title: string;
  /** The tab of the browser; the title with the product's name unless given. */
  tab?: string;
  children?: ReactNode;
  actions?: ReactNode;
}

/** The only h1 of a page. It takes the focus when the route changes. */
export function PageTitle({ title, tab, children, actions }: PageTitleProps) {
  return (
    <div className="mb-5 flex flex-wrap items-start justify-between gap-x-6 gap-y-3">
      <title>{tab ?? `${title} · Fine`}</title>
      <div className="min-w-0">
        <h1 tabIndex={-1} className="text-2xl font-semibold break-words">
          {title}
        </h1>
        {children ? <div className="mt-1 max-w-prose text-base text-ink-muted">{children}</div> : null}
      </div>
      {actions ? <div className="flex flex-wrap items-center gap-2">{actions}</div> : null}
    </div>
  );
}
