import { clsx } from "clsx";
import { type ReactNode, useEffect, useState } from "react";

/** One grey bar in the shape of what will come. */
export function Skeleton({ className }: { className?: string }) {
  return <span aria-hidden className={clsx("skeleton block h-4 w-full", className)} />;
}

interface LoadingProps {
  /** Read out to screen readers. */
  label: string;
  children: ReactNode;
}

/** Shows its skeleton only when loading lasts longer than 200 ms. */
export function Loading({ label, children }: LoadingProps) {
  const [late, setLate] = useState(false);
  useEffect(() => {
    const timer = setTimeout(() => setLate(true), 200);
    return () => clearTimeout(timer);
  }, []);
  return (
    <div role="status" aria-live="polite">
      <span className="sr-only">{late ? label : ""}</span>
      <div aria-hidden className={clsx(!late && "invisible")}>
        {children}
      </div>
    </div>
  );
}
