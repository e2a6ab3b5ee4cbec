import { Eye, EyeOff } from "lucide-react";
import { useState } from "react";
import { Button as AriaButton, FieldError, Input, Label, Text, TextField } from "react-aria-components";
import { useTranslation } from "react-i18next";

import { errorClass, helpClass, inputClass, labelClass } from "@/ui/Field";

interface PasswordFieldProps {
  label: string;
  isNew?: boolean;
  value: string;
  onChange: (value: string) => void;
  error?: string | undefined;
}

/** A password that can be shown; paste and password managers work. */
export function PasswordField({ label, isNew, value, onChange, error }: PasswordFieldProps) {
  const { t } = useTranslation("account");
  const [shown, setShown] = useState(false);
  return (
    <TextField
      name="password"
      type={shown ? "text" : "password"}
      autoComplete={isNew ? "new-password" : "current-password"}
      value={value}
      onChange={onChange}
      isInvalid={Boolean(error)}
      className="flex flex-col gap-1.5"
    >
      <Label className={labelClass}>{label}</Label>
      <span className="relative block">
        <Input className={`${inputClass} pr-10`} />
        <AriaButton
          onPress={() => setShown(!shown)}
          aria-label={shown ? t("hide") : t("show")}
          className="absolute top-1 right-1 inline-flex h-7 w-7 cursor-pointer items-center justify-center rounded-sm text-ink-muted hover:bg-hover"
        >
          {shown ? <EyeOff aria-hidden size={16} /> : <Eye aria-hidden size={16} />}
        </AriaButton>
      </span>
      {isNew ? (
        <Text slot="description" className={helpClass}>
          {t("passwordHelp")}
        </Text>
      ) : null}
      <FieldError className={errorClass}>{error}</FieldError>
    </TextField>
  );
}
