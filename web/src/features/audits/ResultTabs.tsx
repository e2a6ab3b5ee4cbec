import { LayoutList, MessagesSquare, Telescope } from "lucide-react";
import type { ReactNode } from "react";
import { useTranslation } from "react-i18next";

import type { Finding } from "@/api/types";
import { useCatalogue } from "@/i18n/useCatalogue";
import { outcomeMark } from "@/ui/Badge";
import { type TabItem, Tabs } from "@/ui/Tabs";

import { StageMark } from "./Marks";
import type { ListedStage } from "./stageList";

interface ResultTabsProps {
  stages: readonly ListedStage[];
  findings: readonly Finding[];
  value: string;
  onChange: (tab: string) => void;
  /** Whether rows and cohorts can be explored, and questions asked. */
  explorable?: boolean;
  children: ReactNode;
}

/** The summary and one tab a stage, with the state of the stage and its worst finding. */
export function ResultTabs({ stages, findings, value, onChange, explorable, children }: ResultTabsProps) {
  const { t } = useTranslation("audits");
  const { say } = useCatalogue();
  const items: TabItem[] = [
    { id: "summary", label: t("result.summary"), mark: <LayoutList aria-hidden size={15} /> },
    ...stages.map((stage) => ({
      id: stage.id,
      label: say(`stages.${stage.id}.title`),
      mark: <TabMark stage={stage} findings={findings} />,
      tail: <IssueCount stage={stage} findings={findings} />,
    })),
    ...(explorable
      ? [
          { id: "explore", label: t("result.explore"), mark: <Telescope aria-hidden size={15} /> },
          { id: "questions", label: t("result.questions"), mark: <MessagesSquare aria-hidden size={15} /> },
        ]
      : []),
  ];
  return (
    <Tabs label={t("result.tabs")} layout="side" items={items} value={value} onChange={onChange}>
      {children}
    </Tabs>
  );
}

/** The worst outcome among the findings of a stage; `null` before it has any. */
export function worstOutcome(findings: readonly Finding[], stage: string): Finding["outcome"] | null {
  const order = ["issue", "errored", "inconclusive", "watch", "pass"] as const;
  // A watch of severity `info` is only for the record.
  const said = findings.filter((f) => f.stage === stage && !(f.outcome === "watch" && f.severity === "info"));
  const there = new Set(said.map((f) => f.outcome));
  return order.find((o) => there.has(o)) ?? null;
}

function TabMark({ stage, findings }: { stage: ListedStage; findings: readonly Finding[] }) {
  const { say } = useCatalogue();
  const worst = stage.state === "done" ? worstOutcome(findings, stage.id) : null;
  if (!worst) return <StageMark state={stage.state} />;
  const { icon: Icon, tone } = outcomeMark[worst];
  const inks = {
    issue: "text-issue",
    watch: "text-watch",
    inconclusive: "text-inconclusive",
    pass: "text-pass",
    info: "text-info",
    accent: "text-accent-ink",
  };
  return (
    <span className="inline-flex">
      <Icon aria-hidden size={15} strokeWidth={2.2} className={inks[tone]} />
      <span className="sr-only">{say(`outcomes.${worst}`)}</span>
    </span>
  );
}

function IssueCount({ stage, findings }: { stage: ListedStage; findings: readonly Finding[] }) {
  const { t } = useTranslation("audits");
  const count = findings.filter((f) => f.stage === stage.id && f.outcome === "issue").length;
  if (count === 0) return null;
  return (
    <span className="num rounded-full bg-issue-soft px-1.5 text-xs font-medium text-issue">
      <span aria-hidden>{count}</span>
      <span className="sr-only">{t("counts.issue", { count })}</span>
    </span>
  );
}
