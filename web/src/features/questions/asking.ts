import type { Step } from "@/api/questions";
import type { Sentence } from "@/api/narrative";

/** What has arrived of an answer. */
interface Arrived {
  question: string;
  steps: Step[];
  sentences: Sentence[];
}

/** The question that is being answered, or was not answered to the end. */
export type Asking =
  | { state: "idle" }
  | ({ state: "running" | "stopped" } & Arrived)
  | ({ state: "failed"; error: unknown } & Arrived);

export type AskingEvent =
  | { type: "ask"; question: string }
  | { type: "step"; step: Step }
  | { type: "sentence"; sentence: Sentence }
  | { type: "answered" }
  | { type: "stop" }
  | { type: "fail"; error: unknown };

export const idle: Asking = { state: "idle" };

export function nextAsking(asking: Asking, event: AskingEvent): Asking {
  if (event.type === "ask") return { state: "running", question: event.question, steps: [], sentences: [] };
  if (asking.state !== "running") return asking;
  switch (event.type) {
    case "step":
      return { ...asking, steps: withStep(asking.steps, event.step) };
    case "sentence":
      return { ...asking, sentences: [...asking.sentences, event.sentence] };
    case "answered":
      return idle;
    case "stop":
      return { ...asking, state: "stopped" };
    case "fail":
      return { ...asking, state: "failed", error: event.error };
  }
}

/** The end of a call takes the place of its beginning. */
function withStep(steps: Step[], step: Step): Step[] {
  const name = (s: Step) => `${s.tool} ${JSON.stringify(s.args)}`;
  const at = steps.findLastIndex((s) => s.state === "running" && name(s) === name(step));
  return at < 0 ? [...steps, step] : steps.with(at, step);
}
