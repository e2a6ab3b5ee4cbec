import { useQueryClient } from "@tanstack/react-query";
import { useEffect, useReducer, useRef } from "react";
import { useTranslation } from "react-i18next";

import { type AnswerSink, askQuestion } from "@/api/questions";
import { announce } from "@/lib/announce";

import { type Asking, idle, nextAsking } from "./asking";
import { questionsQuery, useRemember } from "./queries";

interface Asker {
  asking: Asking;
  ask: (question: string) => void;
  stop: () => void;
}

/** Asks a question and follows its answer; sentences are read out as they come. Leaving the page stops it. */
export function useAsking(id: string): Asker {
  const { t, i18n } = useTranslation("questions");
  const queryClient = useQueryClient();
  const remember = useRemember(id);
  const [asking, tell] = useReducer(nextAsking, idle);
  const running = useRef<AbortController | null>(null);
  useEffect(() => () => running.current?.abort(), []);

  const follow = async (question: string) => {
    running.current?.abort();
    const abort = new AbortController();
    running.current = abort;
    tell({ type: "ask", question });
    let told = 0;
    const sink: AnswerSink = {
      onStep: (step) => tell({ type: "step", step }),
      onSentence: (sentence) => {
        told += 1;
        announce(sentence.text);
        tell({ type: "sentence", sentence });
      },
    };
    try {
      const language = i18n.language === "es" ? "es" : "en";
      const exchange = await askQuestion(id, { question, language }, sink, abort.signal);
      await remember(exchange);
      tell({ type: "answered" });
      for (const sentence of exchange.sentences.slice(told)) announce(sentence.text);
      announce(t(`announce.${exchange.status}`));
    } catch (error) {
      // Whoever stopped it has said so.
      if (abort.signal.aborted) return;
      tell({ type: "fail", error });
      // The server may have finished the answer all the same.
      void queryClient.invalidateQueries({ queryKey: questionsQuery(id).queryKey });
    }
  };

  return {
    asking,
    ask: (question) => void follow(question),
    stop: () => {
      running.current?.abort();
      tell({ type: "stop" });
      announce(t("stopped"));
    },
  };
}
