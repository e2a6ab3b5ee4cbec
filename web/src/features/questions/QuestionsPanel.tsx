import { useQuery } from "@tanstack/react-query";
import { useId } from "react";
import { useTranslation } from "react-i18next";

import { Answer } from "@/api/Answer";
import { land } from "@/lib/landing";
import { Skeleton } from "@/ui/Skeleton";

import type { Cite } from "./cite";
import { ExchangeView } from "./ExchangeView";
import { ForgetButton } from "./ForgetButton";
import { Pending } from "./Pending";
import { questionsQuery } from "./queries";
import { QuestionForm } from "./QuestionForm";
import { CommonQuestions } from "./Suggestions";
import { useAsking } from "./useAsking";

interface QuestionsPanelProps {
  /** The analysis. */
  id: string;
  cite: Cite;
}

/** Questions to a finished audit in one's own words, and what was answered before, the newest first. */
export function QuestionsPanel({ id, cite }: QuestionsPanelProps) {
  const { t } = useTranslation("questions");
  const query = useQuery(questionsQuery(id));
  const { asking, ask, stop } = useAsking(id);
  const field = useId();
  const isRunning = asking.state === "running";
  // The button that was pressed goes away: the focus goes where the next question is written.
  const stopHere = () => {
    stop();
    land(field);
  };
  const askAgain = (question: string) => {
    ask(question);
    land(field);
  };
  return (
    <article className="flex min-w-0 flex-col gap-5">
      <header>
        <h2 className="text-xl font-semibold">{t("title")}</h2>
        <p className="max-w-[80ch] text-base text-ink-muted">
          {t("lead")} {query.data ? t(`next.${query.data.answers_by}`) : null}
        </p>
      </header>
      <div className="card flex min-w-0 flex-col gap-4 px-4 py-4 sm:px-5 print:hidden">
        <QuestionForm field={field} asking={asking} onAsk={ask} onStop={stopHere} />
        <CommonQuestions isRunning={isRunning} onAsk={ask} />
      </div>
      {asking.state === "idle" ? null : <Pending asking={asking} cite={cite} onAsk={askAgain} />}
      <Answer query={query} skeleton={<HistorySkeleton />}>
        {({ items }) =>
          items.length === 0 ? (
            asking.state === "idle" ? (
              <p className="text-ink-muted">{t("none")}</p>
            ) : null
          ) : (
            <section className="flex min-w-0 flex-col gap-4">
              <div className="flex flex-wrap items-center justify-between gap-3">
                <h3 className="text-lg font-semibold">{t("history")}</h3>
                <ForgetButton id={id} isDisabled={isRunning} />
              </div>
              {items.toReversed().map((exchange) => (
                <ExchangeView key={exchange.id} {...{ exchange, cite, isRunning }} onAsk={ask} />
              ))}
            </section>
          )
        }
      </Answer>
    </article>
  );
}

function HistorySkeleton() {
  return (
    <div className="card flex flex-col gap-2.5 px-4 py-4 sm:px-5">
      <Skeleton className="max-w-64" />
      <Skeleton />
      <Skeleton className="max-w-96" />
    </div>
  );
}
