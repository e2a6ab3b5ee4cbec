import { useState } from "react";
import { useTranslation } from "react-i18next";

import { ErrorAlert } from "@/api/ErrorAlert";
import type { KeyScope } from "@/api/types";
import { Alert } from "@/ui/Alert";
import { Button } from "@/ui/Button";
import { Checkbox, Segments } from "@/ui/Choice";
import { Field } from "@/ui/Field";

import { useMakeKey } from "./queries";

const SCOPES: readonly KeyScope[] = ["read", "audit"];
const DAYS = ["30", "90", "366"] as const;

/** Makes a key and shows it once. */
export function NewKeyForm() {
  const { t } = useTranslation("account");
  const make = useMakeKey();
  const [name, setName] = useState("");
  const [scopes, setScopes] = useState<readonly KeyScope[]>(SCOPES);
  const [days, setDays] = useState<(typeof DAYS)[number]>("90");
  const [checked, setChecked] = useState(false);
  const isNamed = name.trim().length > 0 && name.trim().length <= 60;
  return (
    <form
      noValidate
      className="flex flex-col items-stretch gap-4 border-t border-line pt-4"
      onSubmit={(event) => {
        event.preventDefault();
        setChecked(true);
        if (!isNamed || scopes.length === 0) return;
        make.mutate(
          { name: name.trim(), scopes: [...scopes], expires_in_days: Number(days) },
          {
            onSuccess: () => {
              setName("");
              setChecked(false);
            },
          },
        );
      }}
    >
      <h3 className="font-medium">{t("keys.new")}</h3>
      {make.isError ? <ErrorAlert error={make.error} /> : null}
      {make.data ? <FreshKey secret={make.data.secret} /> : null}
      <Field
        label={t("keys.name")}
        help={t("keys.nameHelp")}
        value={name}
        onChange={setName}
        maxLength={60}
        error={checked && !isNamed ? t("keys.nameMissing") : undefined}
      />
      <div role="group" aria-label={t("keys.scopes")} className="flex flex-col gap-1.5">
        {SCOPES.map((scope) => (
          <Checkbox
            key={scope}
            isSelected={scopes.includes(scope)}
            onChange={(on) => setScopes(SCOPES.filter((s) => (s === scope ? on : scopes.includes(s))))}
          >
            {t(`keys.scopeHelp.${scope}`)}
          </Checkbox>
        ))}
        {checked && scopes.length === 0 ? (
          <p className="text-sm text-issue">{t("keys.scopesMissing")}</p>
        ) : null}
      </div>
      <Segments
        label={t("keys.days")}
        value={days}
        onChange={setDays}
        options={DAYS.map((id) => ({ id, label: t(`keys.daysOf.${id}`) }))}
      />
      <Button type="submit" look="primary" className="self-start" isPending={make.isPending}>
        {t("keys.make")}
      </Button>
    </form>
  );
}

function FreshKey({ secret }: { secret: string }) {
  const { t } = useTranslation("account");
  const [isCopied, setCopied] = useState(false);
  return (
    <Alert
      tone="success"
      title={t("keys.made")}
      actions={
        <Button
          size="sm"
          onPress={() => void navigator.clipboard.writeText(secret).then(() => setCopied(true))}
        >
          {isCopied ? t("keys.copied") : t("keys.copy")}
        </Button>
      }
    >
      <code className="font-mono text-xs break-all">{secret}</code>
    </Alert>
  );
}
