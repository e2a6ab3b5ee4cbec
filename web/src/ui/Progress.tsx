import { clsx } from "clsx";
import { ProgressBar } from "react-aria-components";

interface ProgressProps {
  label: string;
  /** 0 to 1; without it the bar says only that something is going on. */
  value?: number | undefined;
  /** Words at the right of the label. */
  detail?: string;
  quietLabel?: boolean;
  className?: string;
}

/** A progress bar with its name and amount in words. */
export function Progress({ label, value, detail, quietLabel, className }: ProgressProps) {
  const known = value !== undefined;
  return (
    <ProgressBar
      aria-label={label}
      isIndeterminate={!known}
      value={known ? value * 100 : 0}
      {...(detail ? { valueLabel: detail } : {})}
      className={clsx("flex w-full flex-col gap-1.5", className)}
    >
      {({ percentage, isIndeterminate }) => (
        <>
          {quietLabel ? null : (
            <span className="flex justify-between gap-3 text-sm">
              <span className="min-w-0 truncate text-ink">{label}</span>
              {detail ? <span className="num shrink-0 text-ink-muted">{detail}</span> : null}
            </span>
          )}
          <span className="block h-1.5 w-full overflow-hidden rounded-full bg-hover">
            <span
              className={clsx(
                "block h-full rounded-full bg-accent transition-[width] duration-300",
                isIndeterminate && "skeleton w-full",
              )}
              style={isIndeterminate ? undefined : { width: `${percentage ?? 0}%` }}
            />
          </span>
        </>
      )}
    </ProgressBar>
  );
}
