import { clsx } from "clsx";
import { Check, Minus } from "lucide-react";
import type { ReactNode } from "react";
import {
  Checkbox as AriaCheckbox,
  type CheckboxProps as AriaCheckboxProps,
  Label,
  Radio,
  RadioGroup,
} from "react-aria-components";

export interface CheckboxProps extends Omit<AriaCheckboxProps, "className" | "children"> {
  children?: ReactNode;
  className?: string;
}

/** A check box; without children give it an `aria-label`. */
export function Checkbox({ children, className, ...rest }: CheckboxProps) {
  return (
    <AriaCheckbox
      {...rest}
      className={clsx(
        "group inline-flex min-h-6 min-w-6 cursor-pointer items-center gap-2 data-[disabled]:cursor-default data-[disabled]:opacity-50",
        className,
      )}
    >
      {({ isIndeterminate }) => (
        <>
          <span className="flex h-4.5 w-4.5 shrink-0 items-center justify-center rounded-sm border border-line-strong bg-surface text-on-accent group-data-[focus-visible]:outline-2 group-data-[focus-visible]:outline-offset-2 group-data-[focus-visible]:outline-focus group-data-[indeterminate]:border-accent group-data-[indeterminate]:bg-accent group-data-[selected]:border-accent group-data-[selected]:bg-accent">
            {isIndeterminate ? (
              <Minus aria-hidden size={13} strokeWidth={3} />
            ) : (
              <Check
                aria-hidden
                size={13}
                strokeWidth={3}
                className="invisible group-data-[selected]:visible"
              />
            )}
          </span>
          {children}
        </>
      )}
    </AriaCheckbox>
  );
}

interface SegmentsProps<T extends string> {
  label: string;
  quietLabel?: boolean;
  options: readonly { id: T; label: string; icon?: ReactNode }[];
  value: T;
  onChange: (value: T) => void;
  size?: "sm" | "md";
}

/** Two to four choices side by side. */
export function Segments<T extends string>({
  label,
  quietLabel,
  options,
  value,
  onChange,
  size = "md",
}: SegmentsProps<T>) {
  return (
    <RadioGroup
      {...(quietLabel ? { "aria-label": label } : {})}
      value={value}
      onChange={(v) => onChange(v as T)}
      orientation="horizontal"
      className="flex flex-col gap-1.5"
    >
      {quietLabel ? null : <Label className="text-sm font-medium">{label}</Label>}
      <div className="inline-flex w-fit rounded-md border border-line bg-sunken p-0.5">
        {options.map((o) => (
          <Radio
            key={o.id}
            value={o.id}
            className={clsx(
              "inline-flex cursor-pointer items-center gap-1.5 rounded-sm font-medium text-ink-muted data-[focus-visible]:outline-2 data-[focus-visible]:outline-focus data-[hovered]:text-ink data-[selected]:bg-surface data-[selected]:text-ink data-[selected]:shadow-lift",
              size === "sm" ? "h-6 px-2 text-xs" : "h-8 px-3 text-sm",
            )}
          >
            {o.icon}
            {o.label}
          </Radio>
        ))}
      </div>
    </RadioGroup>
  );
}
