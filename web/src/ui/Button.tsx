import { clsx } from "clsx";
import { LoaderCircle } from "lucide-react";
import type { ReactNode } from "react";
import { Button as AriaButton, type ButtonProps as AriaButtonProps } from "react-aria-components";

export type ButtonLook = "primary" | "secondary" | "quiet" | "danger";
export type ButtonSize = "sm" | "md" | "icon";

const looks: Record<ButtonLook, string> = {
  primary:
    "bg-accent text-on-accent border-transparent hover:bg-accent-hover pressed:bg-accent-hover shadow-lift",
  secondary: "bg-surface text-ink border-line-strong/60 hover:bg-sunken shadow-lift",
  quiet: "bg-transparent text-ink border-transparent hover:bg-hover",
  danger: "bg-surface text-issue border-issue/50 hover:bg-issue-soft",
};

const sizes: Record<ButtonSize, string> = {
  sm: "h-7 px-2.5 text-sm gap-1.5",
  md: "h-9 px-3.5 text-base gap-2",
  icon: "h-8 w-8 justify-center",
};

/** The classes of a button, for links that look like one. */
export function buttonClass(look: ButtonLook = "secondary", size: ButtonSize = "md", extra?: string): string {
  return clsx(
    "inline-flex shrink-0 cursor-pointer items-center justify-center rounded-md border font-medium whitespace-nowrap no-underline transition-colors duration-100",
    "disabled:cursor-default disabled:opacity-50 data-[disabled]:cursor-default data-[disabled]:opacity-50",
    looks[look],
    sizes[size],
    extra,
  );
}

export interface ButtonProps extends Omit<AriaButtonProps, "className" | "children" | "style" | "isPending"> {
  look?: ButtonLook;
  size?: ButtonSize;
  /** Something is under way: keeps width and focus, shows a turning mark, takes no press. */
  isPending?: boolean;
  className?: string;
  children: ReactNode;
}

/** A button. */
export function Button({
  look,
  size,
  isPending = false,
  className,
  children,
  onPress,
  type,
  ...rest
}: ButtonProps) {
  return (
    <AriaButton
      {...rest}
      // React Aria's own pending state leaves a nameless image behind when the button goes away.
      {...(isPending ? { "aria-disabled": true } : { onPress })}
      type={isPending ? "button" : (type ?? "button")}
      className={buttonClass(look, size, clsx("relative", className))}
    >
      <span className={clsx("inline-flex items-center gap-[inherit]", isPending && "opacity-0")}>
        {children}
      </span>
      {isPending ? (
        <LoaderCircle aria-hidden className="animate-turn absolute" size={16} strokeWidth={2.2} />
      ) : null}
    </AriaButton>
  );
}
