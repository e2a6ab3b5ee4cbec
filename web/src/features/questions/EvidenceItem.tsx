import { useTranslation } from "react-i18next";

import type { Evidence } from "@/api/questions";
import { useNumbers } from "@/charts/use-numbers";
import { useCatalogue } from "@/i18n/useCatalogue";
import { Hash } from "@/ui/Hash";
import { Table } from "@/ui/Table";

import { type Fact, factsOf } from "./facts";

interface EvidenceItemProps {
  call: Evidence;
  index: number;
  prefix: string;
}

/** One call: which function, with what, what it gave, and the digest of both. */
export function EvidenceItem({ call, index, prefix }: EvidenceItemProps) {
  const { t } = useTranslation("questions");
  const { say } = useCatalogue();
  const tool = t(`tools.${call.tool}`, { defaultValue: call.tool });
  const title = t("evidence.call", { n: index + 1, tool });
  return (
    <li
      id={`${prefix}-${index}`}
      tabIndex={-1}
      className="flex min-w-0 flex-col gap-2 rounded-md border border-line px-3 py-3 focus:bg-accent-soft"
    >
      <p className="font-medium wrap-anywhere">{title}</p>
      <Values label={t("evidence.argsOf", { title })} heading={t("evidence.args")} document={call.args} />
      {call.result === null ? null : (
        <Values
          label={t("evidence.resultOf", { title })}
          heading={t("evidence.result")}
          document={call.result}
        />
      )}
      {call.problem === null ? null : (
        <p className="text-issue">
          {t("evidence.problem", { problem: say(`errors.${call.problem}`, {}, call.problem) })}
        </p>
      )}
      <p className="text-ink-muted">
        SHA-256 <Hash value={call.digest} label={t("evidence.digest")} />
      </p>
    </li>
  );
}

interface ValuesProps {
  /** Names the table. */
  label: string;
  heading: string;
  document: Record<string, unknown>;
}

/** A small document as a table, a larger one as JSON. */
function Values({ label, heading, document }: ValuesProps) {
  const { t } = useTranslation("questions");
  const write = useWrite();
  const facts = factsOf(document);
  return (
    <div className="min-w-0">
      <p className="text-xs text-ink-muted">{heading}</p>
      {facts === null ? (
        <pre
          aria-label={label}
          role="region"
          // A region that scrolls must be reachable by keyboard.
          // oxlint-disable-next-line jsx-a11y/no-noninteractive-tabindex
          tabIndex={0}
          className="max-h-80 overflow-auto rounded-md bg-sunken p-3 font-mono text-xs"
        >
          {JSON.stringify(document, null, 2)}
        </pre>
      ) : facts.length === 0 ? (
        <p>{t("evidence.empty")}</p>
      ) : (
        <Table
          dense
          label={label}
          rows={facts}
          rowKey={(fact) => fact.path}
          columns={[
            {
              id: "name",
              header: t("evidence.name"),
              rowHeader: true,
              cell: (fact) => <code className="text-xs wrap-anywhere">{fact.path}</code>,
            },
            {
              id: "value",
              header: t("evidence.value"),
              cell: (fact) => <span className="wrap-anywhere">{write(fact.value)}</span>,
            },
          ]}
        />
      )}
    </div>
  );
}

/** Numbers as they were stored, estimates with their interval. */
function useWrite(): (value: Fact["value"]) => string {
  const numbers = useNumbers();
  const exact = new Intl.NumberFormat(numbers.language, { maximumFractionDigits: 20, useGrouping: false });
  return (value) => {
    if (typeof value === "number") return exact.format(value);
    if (typeof value === "object" && value !== null) return numbers.estimate(value, "number");
    return String(value ?? "–");
  };
}
