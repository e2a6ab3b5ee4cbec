import { clsx } from "clsx";
import { CircleCheck, Info, OctagonAlert, TriangleAlert } from "lucide-react";
import type { ReactNode } from "react";

export type AlertTone = "info" | "success" | "warning" | "error";

const tones = {
  info: { icon: Info, box: "border-info/30 bg-info-soft", mark: "text-info" },
  success: { icon: CircleCheck, box: "border-pass/30 bg-pass-soft", mark: "text-pass" },
  warning: { icon: TriangleAlert, box: "border-watch/30 bg-watch-soft", mark: "text-watch" },
  error: { icon: OctagonAlert, box: "border-issue/30 bg-issue-soft", mark: "text-issue" },
} as const;

interface AlertProps {
  tone?: AlertTone;
  title?: string;
  children?: ReactNode;
  /** Buttons: retry, or a way on. */
  actions?: ReactNode;
  /** Small print: the request id. */
  note?: string | undefined;
  /** Is read out when it appears; off for what was there from the start. */
  isLive?: boolean;
}

/** A message in the flow of the page: what happened and what to do. */
export function Alert({ tone = "info", title, children, actions, note, isLive = true }: AlertProps) {
  const { icon: Icon, box, mark } = tones[tone];
  return (
    <div
      {...(isLive ? { role: tone === "error" ? "alert" : "status" } : {})}
      className={clsx("flex gap-2.5 rounded-md border px-3.5 py-3 text-base", box)}
    >
      <Icon aria-hidden size={17} className={clsx("mt-0.5 shrink-0", mark)} />
      <div className="flex min-w-0 flex-1 flex-col gap-1">
        {title ? <p className="font-medium break-words">{title}</p> : null}
        {children ? <div className="min-w-0 break-words text-ink">{children}</div> : null}
        {note ? <p className="num font-mono text-xs break-all text-ink-muted">{note}</p> : null}
        {actions ? <div className="mt-1.5 flex flex-wrap gap-2">{actions}</div> : null}
      </div>
    </div>
  );
}
