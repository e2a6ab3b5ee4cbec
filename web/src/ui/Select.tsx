import { clsx } from "clsx";
import { Check, ChevronsUpDown } from "lucide-react";
import {
  Button as AriaButton,
  Label,
  ListBox,
  ListBoxItem,
  Popover,
  Select as AriaSelect,
  SelectValue,
  Text,
} from "react-aria-components";

import { helpClass, labelClass } from "./Field";

export interface Option<T extends string = string> {
  id: T;
  label: string;
  note?: string;
}

interface SelectProps<T extends string> {
  label: string;
  /** Hides the label from view, not from screen readers. */
  quietLabel?: boolean;
  options: readonly Option<T>[];
  value: T | null;
  onChange: (value: T) => void;
  placeholder?: string;
  help?: string;
  isDisabled?: boolean;
  size?: "sm" | "md";
  className?: string;
}

export const popoverClass =
  "rounded-lg border border-line bg-surface text-ink shadow-float outline-none overflow-auto";
export const itemClass =
  "flex cursor-pointer items-center gap-2 rounded-md px-2 py-1.5 text-base outline-none data-[focused]:bg-hover data-[disabled]:cursor-default data-[disabled]:opacity-50";

/** A single choice from a short list. */
export function Select<T extends string>({
  label,
  quietLabel,
  options,
  value,
  onChange,
  placeholder,
  help,
  isDisabled,
  size = "md",
  className,
}: SelectProps<T>) {
  return (
    <AriaSelect
      {...(quietLabel ? { "aria-label": label } : {})}
      value={value}
      onChange={(key) => key !== null && onChange(String(key) as T)}
      isDisabled={isDisabled ?? false}
      placeholder={placeholder ?? ""}
      className={clsx("flex min-w-0 flex-col gap-1.5", className)}
    >
      {quietLabel ? null : <Label className={labelClass}>{label}</Label>}
      <AriaButton
        className={clsx(
          "flex w-full min-w-0 cursor-pointer items-center justify-between gap-2 rounded-md border border-line-strong/70 bg-surface text-left text-ink shadow-lift hover:border-line-strong data-[disabled]:cursor-default data-[disabled]:opacity-50",
          size === "sm" ? "h-7 px-2 text-sm" : "h-9 px-3 text-base",
        )}
      >
        <SelectValue className="min-w-0 truncate data-[placeholder]:text-ink-faint">
          {({ selectedText, defaultChildren, isPlaceholder }) =>
            isPlaceholder ? defaultChildren : selectedText
          }
        </SelectValue>
        <ChevronsUpDown aria-hidden size={14} className="shrink-0 text-ink-faint" />
      </AriaButton>
      {help ? (
        <Text slot="description" className={helpClass}>
          {help}
        </Text>
      ) : null}
      <Popover className={clsx(popoverClass, "max-h-80 min-w-(--trigger-width)")}>
        <ListBox items={options} className="p-1 outline-none">
          {(option) => (
            <ListBoxItem id={option.id} textValue={option.label} className={itemClass}>
              {({ isSelected }) => (
                <>
                  <Check aria-hidden size={14} className={clsx("shrink-0", !isSelected && "invisible")} />
                  <span className="flex min-w-0 flex-col">
                    <Text slot="label" className="truncate">
                      {option.label}
                    </Text>
                    {option.note ? (
                      <Text slot="description" className="text-xs text-ink-muted">
                        {option.note}
                      </Text>
                    ) : null}
                  </span>
                </>
              )}
            </ListBoxItem>
          )}
        </ListBox>
      </Popover>
    </AriaSelect>
  );
}
