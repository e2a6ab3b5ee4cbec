import type { ReactNode } from "react";

interface StepFooterProps {
  back?: ReactNode;
  /** Why it does not go on yet. */
  hint?: string | null;
  children: ReactNode;
}

/** The foot of a step: back, what is missing, on. */
export function StepFooter({ back, hint, children }: StepFooterProps) {
  return (
    <div className="mt-6 flex flex-wrap items-center justify-between gap-3 border-t border-line pt-4">
      <div>{back}</div>
      <div className="flex flex-wrap items-center justify-end gap-x-4 gap-y-2">
        {hint ? (
          <p id="step-hint" className="text-ink-muted">
            {hint}
          </p>
        ) : null}
        {children}
      </div>
    </div>
  );
}
