import { clsx } from "clsx";
import type { ReactNode } from "react";

import { Button } from "@/ui/Button";

interface AskButtonProps {
  /** A question is being answered: the button keeps the focus and takes no press. */
  isRunning: boolean;
  onPress: () => void;
  className?: string;
  children: ReactNode;
}

/** A button that asks a question. */
export function AskButton({ isRunning, onPress, className, children }: AskButtonProps) {
  return (
    <Button
      size="sm"
      className={clsx("aria-disabled:cursor-default aria-disabled:opacity-50", className)}
      {...(isRunning ? { "aria-disabled": true } : { onPress })}
    >
      {children}
    </Button>
  );
}
