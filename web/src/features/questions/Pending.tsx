import { useTranslation } from "react-i18next";

import { ErrorAlert } from "@/api/ErrorAlert";
import { Alert } from "@/ui/Alert";
import { Button } from "@/ui/Button";

import type { Asking } from "./asking";
import type { Cite } from "./cite";
import { Steps } from "./Steps";

interface PendingProps {
  asking: Exclude<Asking, { state: "idle" }>;
  cite: Cite;
  onAsk: (question: string) => void;
}

/** The answer as far as it has come: what is looked up, its sentences, and how it ended when it was not complete. */
export function Pending({ asking, cite, onAsk }: PendingProps) {
  const { t } = useTranslation("questions");
  const { question, steps, sentences } = asking;
  const again = () => onAsk(question);
  return (
    <article aria-label={question} className="card flex min-w-0 flex-col gap-3 px-4 py-4 sm:px-5">
      <h3 className="text-lg font-semibold wrap-anywhere whitespace-pre-wrap">{question}</h3>
      {steps.length > 0 ? <Steps steps={steps} /> : null}
      {sentences.length > 0 ? cite(sentences) : null}
      {asking.state === "failed" ? <ErrorAlert error={asking.error} onRetry={again} /> : null}
      {asking.state === "stopped" ? (
        <Alert
          isLive={false}
          title={t("stopped")}
          actions={
            <Button size="sm" onPress={again}>
              {t("again")}
            </Button>
          }
        />
      ) : null}
    </article>
  );
}
