import { useState } from "react";
import { useTranslation } from "react-i18next";

import { LONGEST_QUESTION } from "@/api/questions";
import { useFormat } from "@/lib/format";
import { Button } from "@/ui/Button";
import { LongField } from "@/ui/Field";

import type { Asking } from "./asking";
import { Doing } from "./Doing";

interface QuestionFormProps {
  /** The id of the input. */
  field: string;
  asking: Asking;
  onAsk: (question: string) => void;
  onStop: () => void;
}

/** The question: Enter sends it, Shift and Enter begin a new line. */
export function QuestionForm({ field, asking, onAsk, onStop }: QuestionFormProps) {
  const { t } = useTranslation("questions");
  const format = useFormat();
  const [text, setText] = useState("");
  const question = text.trim();
  const length = [...question].length;
  const limit = format.count(LONGEST_QUESTION);
  const tooLong = length > LONGEST_QUESTION;
  const isRunning = asking.state === "running";
  const send = () => {
    if (question === "" || tooLong || isRunning) return;
    setText("");
    onAsk(question);
  };
  return (
    <form
      className="flex min-w-0 flex-col gap-3"
      onSubmit={(event) => {
        event.preventDefault();
        send();
      }}
    >
      <LongField
        id={field}
        label={t("label")}
        placeholder={t("placeholder")}
        help={t("help", { length: format.count(length), limit })}
        error={tooLong ? t("tooLong", { limit }) : undefined}
        value={text}
        onChange={setText}
        onKeyDown={(event) => {
          const composing = event.nativeEvent.isComposing;
          if (event.key !== "Enter" || event.shiftKey || composing) return event.continuePropagation();
          event.preventDefault();
          send();
        }}
      />
      <div className="flex min-w-0 flex-wrap items-center gap-3">
        <Button type="submit" look="primary" isPending={isRunning} isDisabled={tooLong}>
          {t("send")}
        </Button>
        {isRunning ? <Button onPress={onStop}>{t("stop")}</Button> : null}
        <Doing asking={asking} />
      </div>
    </form>
  );
}
