import { useState } from "react";
import { useTranslation } from "react-i18next";

import { Button } from "@/ui/Button";

import { AskButton } from "./AskButton";
import { FIRST_QUESTIONS, type QuestionId, questionIds } from "./questionIds";

interface SuggestionsProps {
  label: string;
  ids: readonly QuestionId[];
  isRunning: boolean;
  onAsk: (question: string) => void;
}

/** Questions to click. */
export function Suggestions({ label, ids, isRunning, onAsk }: SuggestionsProps) {
  const { t } = useTranslation("questions");
  return (
    <ul aria-label={label} className="flex min-w-0 flex-wrap gap-2">
      {ids.map((id) => (
        <li key={id} className="min-w-0">
          <AskButton
            isRunning={isRunning}
            className="!h-auto min-h-7 max-w-full py-1 text-left !whitespace-normal"
            onPress={() => onAsk(t(`ask.${id}`))}
          >
            {t(`ask.${id}`)}
          </AskButton>
        </li>
      ))}
    </ul>
  );
}

/** The common questions, the others on request. */
export function CommonQuestions(props: Pick<SuggestionsProps, "isRunning" | "onAsk">) {
  const { t } = useTranslation("questions");
  const [all, setAll] = useState(false);
  return (
    <div className="flex min-w-0 flex-col items-start gap-2">
      <Suggestions
        label={t("common")}
        ids={all ? questionIds : questionIds.slice(0, FIRST_QUESTIONS)}
        {...props}
      />
      <Button size="sm" look="quiet" aria-expanded={all} onPress={() => setAll(!all)}>
        {t(all ? "fewer" : "more")}
      </Button>
    </div>
  );
}
