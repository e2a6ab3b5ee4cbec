import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { Finding, Outcome } from "@/api/types";
import { useCatalogue } from "@/i18n/useCatalogue";
import { Button } from "@/ui/Button";
import { SearchField } from "@/ui/Field";
import { Select } from "@/ui/Select";

import { FindingList, Folded } from "./finding-list";
import { bySeverity, type FindingGroup, groupOf, GROUPS, useFindingWords } from "./finding-words";
import type { FindingFilter, StageLink } from "./types";

interface FindingsPanelProps {
  findings: Finding[];
  StageLink: StageLink;
  filter?: FindingFilter | undefined;
  onFilterChange?: ((filter: FindingFilter) => void) | undefined;
}

const ALL = "all";
const FOLDED = new Set<FindingGroup>(["record", "skipped"]);

/** All findings by severity, with a filter by outcome, stage and words. */
export function FindingsPanel({ findings, StageLink, filter: given, onFilterChange }: FindingsPanelProps) {
  const { t } = useTranslation("results");
  const { say } = useCatalogue();
  const words = useFindingWords();
  const [own, setOwn] = useState<FindingFilter>({});
  const filter = given ?? own;
  const change = (next: FindingFilter) => {
    setOwn(next);
    onFilterChange?.(next);
  };
  const wanted = filter.text?.trim().toLocaleLowerCase() ?? "";
  const shown = findings
    .filter(
      (f) =>
        (!filter.outcome || f.outcome === filter.outcome) &&
        (!filter.stage || f.stage === filter.stage) &&
        (!wanted || `${f.check} ${words.title(f)} ${words.sentence(f)}`.toLocaleLowerCase().includes(wanted)),
    )
    .toSorted(bySeverity);
  const outcomes = [...new Set(findings.map((f) => f.outcome))];
  const stages = [...new Set(findings.map((f) => f.stage))];
  const filtered = Boolean(filter.outcome ?? filter.stage) || wanted !== "";
  return (
    <section className="flex flex-col gap-4">
      <div className="flex flex-wrap items-end justify-between gap-3">
        <h2 className="text-xl font-semibold">{t("findings")}</h2>
        <div className="flex flex-wrap items-center gap-2 print:hidden">
          <SearchField
            label={t("filter.text")}
            placeholder={t("filter.text")}
            value={filter.text ?? ""}
            onChange={(text) => change({ ...filter, text })}
            className="w-full sm:w-56"
          />
          <Select
            label={t("filter.outcome")}
            quietLabel
            value={filter.outcome ?? ALL}
            onChange={(id) => change({ ...filter, outcome: id === ALL ? undefined : (id as Outcome) })}
            options={[
              { id: ALL as string, label: t("filter.all") },
              ...outcomes.map((o) => ({ id: o, label: say(`outcomes.${o}`) })),
            ]}
          />
          <Select
            label={t("filter.stage")}
            quietLabel
            value={filter.stage ?? ALL}
            onChange={(id) => change({ ...filter, stage: id === ALL ? undefined : id })}
            options={[
              { id: ALL, label: t("filter.allStages") },
              ...stages.map((id) => ({ id, label: say(`stages.${id}.title`, {}, id) })),
            ]}
          />
        </div>
      </div>
      <p role="status" className="sr-only">
        {t("filter.shown", { count: shown.length })}
      </p>
      {shown.length === 0 && (
        <div className="flex flex-wrap items-center gap-3 rounded-lg border border-dashed border-line px-4 py-5">
          <p>{t("filter.none")}</p>
          {filtered && (
            <Button size="sm" onPress={() => change({})}>
              {t("filter.clear")}
            </Button>
          )}
        </div>
      )}
      {GROUPS.map((group) => (
        <Group
          key={`${group}${filtered}`}
          {...{ group, StageLink, filtered }}
          findings={shown.filter((f) => groupOf(f) === group)}
        />
      ))}
    </section>
  );
}

interface GroupProps {
  group: FindingGroup;
  findings: Finding[];
  StageLink: StageLink;
  filtered: boolean;
}

function Group({ group, findings, StageLink, filtered }: GroupProps) {
  const { t } = useTranslation("results");
  if (findings.length === 0) return null;
  const title = t(`groups.${group}`);
  if (FOLDED.has(group))
    return <Folded title={title} findings={findings} StageLink={StageLink} open={filtered} />;
  return (
    <section className="flex flex-col gap-2">
      <h3 className="num text-sm font-semibold text-ink-muted">
        {title} <span className="font-normal text-ink-faint">{findings.length}</span>
      </h3>
      <FindingList findings={findings} label={title} StageLink={StageLink} />
    </section>
  );
}
