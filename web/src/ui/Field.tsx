import { clsx } from "clsx";
import { Search, X } from "lucide-react";
import type { ReactNode } from "react";
import {
  Button as AriaButton,
  FieldError,
  Input,
  Label,
  SearchField as AriaSearchField,
  type SearchFieldProps as AriaSearchFieldProps,
  Text,
  TextArea,
  TextField as AriaTextField,
  type TextFieldProps,
} from "react-aria-components";

export const inputClass =
  "h-9 w-full min-w-0 rounded-md border border-line-strong/70 bg-surface px-3 text-base text-ink shadow-lift placeholder:text-ink-faint hover:border-line-strong data-[invalid]:border-issue disabled:opacity-50";
export const labelClass = "text-sm font-medium text-ink";
export const helpClass = "text-sm text-ink-muted";
export const errorClass = "text-sm text-issue";

export interface FieldProps extends Omit<TextFieldProps, "className" | "children"> {
  label: string;
  help?: string;
  error?: string | undefined;
  placeholder?: string;
  className?: string;
}

/** A labelled text input with help and error tied to it. */
export function Field({ placeholder, ...rest }: FieldProps) {
  return (
    <Labelled {...rest}>
      <Input className={inputClass} placeholder={placeholder} />
    </Labelled>
  );
}

/** A labelled input of several lines. */
export function LongField({ placeholder, ...rest }: FieldProps) {
  return (
    <Labelled {...rest}>
      <TextArea
        rows={2}
        className={clsx(inputClass, "!h-auto resize-y py-2 leading-snug")}
        placeholder={placeholder}
      />
    </Labelled>
  );
}

type LabelledProps = Omit<FieldProps, "placeholder"> & { children: ReactNode };

function Labelled({ label, help, error, className, children, ...rest }: LabelledProps) {
  return (
    <AriaTextField
      {...rest}
      isInvalid={error ? true : (rest.isInvalid ?? false)}
      className={clsx("flex flex-col gap-1.5", className)}
    >
      <Label className={labelClass}>{label}</Label>
      {children}
      {help ? (
        <Text slot="description" className={helpClass}>
          {help}
        </Text>
      ) : null}
      <FieldError className={errorClass}>{error}</FieldError>
    </AriaTextField>
  );
}

export interface SearchFieldProps extends Omit<AriaSearchFieldProps, "className" | "children"> {
  label: string;
  placeholder?: string;
  className?: string;
}

/** A search box: Escape and the cross clear it. */
export function SearchField({ label, placeholder, className, ...rest }: SearchFieldProps) {
  return (
    <AriaSearchField {...rest} aria-label={label} className={clsx("group relative", className)}>
      <Search
        aria-hidden
        size={15}
        className="pointer-events-none absolute top-1/2 left-2.5 -translate-y-1/2 text-ink-faint"
      />
      <Input
        className={clsx(inputClass, "px-8 [&::-webkit-search-cancel-button]:hidden")}
        placeholder={placeholder}
      />
      <AriaButton className="absolute top-1/2 right-1.5 inline-flex h-6 w-6 -translate-y-1/2 items-center justify-center rounded-sm text-ink-muted group-data-[empty]:hidden hover:bg-hover">
        <X aria-hidden size={14} />
      </AriaButton>
    </AriaSearchField>
  );
}
