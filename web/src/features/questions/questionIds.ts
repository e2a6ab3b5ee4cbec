/** Questions that a person can click; their words are sent as the question. */
export const questionIds = [
  "verdict",
  "worst-slice",
  "important-features",
  "calibrated",
  "groups-differ",
  "fix-first",
  "performance",
  "robust",
  "drift",
  "leakage",
  "model-file",
  "uncertainty",
  "thresholds",
  "data",
] as const;

export type QuestionId = (typeof questionIds)[number];

/** How many are shown before the others are asked for. */
export const FIRST_QUESTIONS = 5;

/** The ids that this client has words for. */
export const knownQuestions = (ids: readonly string[]): QuestionId[] =>
  questionIds.filter((id) => ids.includes(id));
