import { CircleSlash, CircleQuestionMark, OctagonX } from "lucide-react";
import { useId } from "react";
import { useTranslation } from "react-i18next";

import type { Exchange } from "@/api/questions";
import { useFormat } from "@/lib/format";
import { Badge } from "@/ui/Badge";

import { AskButton } from "./AskButton";
import { EvidenceList } from "./EvidenceList";
import type { Cite } from "./cite";
import { knownQuestions } from "./questionIds";
import { Suggestions } from "./Suggestions";

interface ExchangeViewProps {
  exchange: Exchange;
  cite: Cite;
  /** Another question is being answered. */
  isRunning: boolean;
  onAsk: (question: string) => void;
}

const marks = {
  declined: { icon: CircleSlash, tone: "inconclusive" },
  "not-understood": { icon: CircleQuestionMark, tone: "inconclusive" },
  failed: { icon: OctagonX, tone: "issue" },
} as const;

/** A question with its answer, who answered, and how it was found. */
export function ExchangeView({ exchange, cite, isRunning, onAsk }: ExchangeViewProps) {
  const { t } = useTranslation("questions");
  const evidence = useId();
  const { question, status, sentences } = exchange;
  const suggestions = knownQuestions(exchange.suggestions);
  const mark = status === "answered" ? null : marks[status];
  return (
    <article aria-label={question} className="card flex min-w-0 flex-col gap-3 px-4 py-4 sm:px-5">
      <header className="flex flex-wrap items-start justify-between gap-x-6 gap-y-1">
        <h4 className="min-w-0 text-lg font-semibold wrap-anywhere whitespace-pre-wrap">{question}</h4>
        {mark ? <Badge icon={mark.icon} tone={mark.tone} label={t(`status.${status}`)} /> : null}
      </header>
      {sentences.length > 0 ? (
        <div lang={exchange.language} className="flex min-w-0 flex-col gap-1.5">
          {cite(sentences, evidence)}
        </div>
      ) : (
        <p className="text-ink-muted">{t(`wordless.${status}`)}</p>
      )}
      {status === "failed" ? (
        <AskButton className="self-start" isRunning={isRunning} onPress={() => onAsk(question)}>
          {t("again")}
        </AskButton>
      ) : null}
      {suggestions.length > 0 ? (
        <div className="flex min-w-0 flex-col gap-1.5">
          <p className="text-sm text-ink-muted">{t("instead")}</p>
          <Suggestions label={t("instead")} ids={suggestions} isRunning={isRunning} onAsk={onAsk} />
        </div>
      ) : null}
      <EvidenceList evidence={exchange.evidence} prefix={evidence} />
      <Signed exchange={exchange} />
    </article>
  );
}

/** Who answered, when, and how many sentences did not stand the check. */
function Signed({ exchange }: { exchange: Exchange }) {
  const { t } = useTranslation("questions");
  const format = useFormat();
  const by =
    exchange.answered_by === "rules"
      ? t("byRules")
      : t("byModel", { model: exchange.model ?? t("someModel") });
  return (
    <p className="num text-sm wrap-anywhere text-ink-muted">
      {[
        by,
        ...(exchange.rejected > 0 ? [t("rejected", { count: exchange.rejected })] : []),
        format.dateTime(exchange.asked_at),
      ].join(" · ")}
    </p>
  );
}
