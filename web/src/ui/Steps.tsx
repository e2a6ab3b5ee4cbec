import { clsx } from "clsx";
import { Check } from "lucide-react";
import type { ReactNode } from "react";

export interface Step {
  id: string;
  label: string;
  state: "done" | "current" | "ahead";
  /** Wraps the words of a step that can be gone to. */
  link?: (words: ReactNode) => ReactNode;
}

/** The steps of a wizard and where one is. */
export function Steps({ label, steps }: { label: string; steps: readonly Step[] }) {
  return (
    <nav aria-label={label} className="mb-6">
      <ol className="flex flex-wrap items-center gap-x-3 gap-y-2">
        {steps.map((step, i) => {
          const words = (
            <span className="inline-flex items-center gap-2">
              <span
                aria-hidden
                className={clsx(
                  "num flex h-6 w-6 items-center justify-center rounded-full border text-xs font-semibold",
                  step.state === "current" && "border-accent bg-accent text-on-accent",
                  step.state === "done" && "border-accent bg-accent-soft text-accent-ink",
                  step.state === "ahead" && "border-line-strong text-ink-muted",
                )}
              >
                {step.state === "done" ? <Check size={13} strokeWidth={3} /> : i + 1}
              </span>
              <span className={step.state === "current" ? "font-medium text-ink" : "text-ink-muted"}>
                {step.label}
              </span>
            </span>
          );
          return (
            <li
              key={step.id}
              {...(step.state === "current" ? { "aria-current": "step" as const } : {})}
              className="flex items-center gap-3"
            >
              {step.link ? step.link(words) : words}
              {i < steps.length - 1 ? <span aria-hidden className="h-px w-6 bg-line-strong sm:w-10" /> : null}
            </li>
          );
        })}
      </ol>
    </nav>
  );
}
