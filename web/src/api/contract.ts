import type * as narrative from "./narrative";
import type * as questions from "./questions";
import type { components } from "./schema";
import type * as api from "./types";

/*
 * Holds the types of this client to the description of the API that the server writes (crates/server/openapi.json).
 * The description leaves the engine's documents open (preview, facts, result), so types.ts spells them out; every
 * field of the envelopes must be on both sides. A difference is a type error here.
 */
type Schemas = components["schemas"];

type SameFields<Here, There> = [Exclude<keyof Here, keyof There>, Exclude<keyof There, keyof Here>] extends [
  never,
  never,
]
  ? true
  : { onlyHere: Exclude<keyof Here, keyof There>; onlyThere: Exclude<keyof There, keyof Here> };

type SameValues<Here, There> = [Here, There] extends [There, Here] ? true : { here: Here; there: There };

export interface Contract {
  config: SameFields<api.Config, Schemas["PublicConfig"]>;
  me: SameFields<api.Me, Schemas["Me"]>;
  apiKey: SameFields<api.ApiKey, Schemas["KeySummary"]>;
  apiKeys: SameFields<api.ApiKeyList, Schemas["KeyList"]>;
  madeKey: SameFields<api.MadeApiKey, Schemas["MadeKey"]>;
  scope: SameValues<api.KeyScope, Schemas["Scope"]>;
  trailItem: SameFields<api.TrailItem, Schemas["TrailItem"]>;
  dataset: SameFields<api.Dataset, Schemas["Dataset"]>;
  datasetDetail: SameFields<api.DatasetDetail, Schemas["DatasetDetail"]>;
  model: SameFields<api.Model, Schemas["Model"]>;
  modelDetail: SameFields<api.ModelDetail, Schemas["ModelDetail"]>;
  modelReading: SameFields<api.ModelReading, Schemas["ModelReading"]>;
  roles: SameFields<api.Roles, Schemas["RolesBody"]>;
  prepared: SameFields<api.PreparedAudit, Schemas["PreparedAudit"]>;
  check: SameFields<api.CheckAnswer, Schemas["CheckAnswer"]>;
  checkStage: SameFields<api.CheckStage, Schemas["StagePlan"]>;
  snapshot: SameFields<api.Snapshot, Schemas["Snapshot"]>;
  stageProgress: SameFields<api.StageProgress, Schemas["StageProgress"]>;
  counts: SameFields<api.Counts, Schemas["FindingCounts"]>;
  summary: SameFields<api.AnalysisSummary, Schemas["AnalysisSummary"]>;
  analysis: SameFields<api.Analysis, Schemas["AnalysisDetail"]>;
  comparison: SameFields<api.CompareAnswer, Schemas["CompareAnswer"]>;
  narrative: SameFields<narrative.Narrative, Schemas["Narrative"]>;
  narrativeState: SameValues<narrative.Narrative["state"], Schemas["NarrativeState"]>;
  narrativeProblem: SameValues<narrative.NarrativeProblem, Schemas["Trouble"]>;
  review: SameFields<narrative.Review, Schemas["Review"]>;
  reviewArea: SameValues<narrative.Review["area"], Schemas["Subject"]>;
  sentence: SameFields<narrative.Sentence, Schemas["Sentence"]>;
  exchange: SameFields<questions.Exchange, Schemas["Exchange"]>;
  exchanges: SameFields<questions.Exchanges, Schemas["Exchanges"]>;
  exchangeStatus: SameValues<questions.Exchange["status"], Schemas["AnswerStatus"]>;
  evidence: SameFields<questions.Evidence, Schemas["Evidence"]>;
  question: SameFields<questions.Question, Schemas["QuestionRequest"]>;
  problem: SameFields<api.Problem, Schemas["Problem"]>;
  jobState: SameValues<api.JobState, Schemas["JobState"]>;
  stageState: SameValues<api.StageState, Schemas["StageState"]>;
}

/** Every line of the contract holds. */
export const contractHolds: {
  [Line in keyof Contract]: true extends Contract[Line] ? true : Contract[Line];
} = {
  config: true,
  me: true,
  apiKey: true,
  apiKeys: true,
  madeKey: true,
  scope: true,
  trailItem: true,
  dataset: true,
  datasetDetail: true,
  model: true,
  modelDetail: true,
  modelReading: true,
  roles: true,
  prepared: true,
  check: true,
  checkStage: true,
  snapshot: true,
  stageProgress: true,
  counts: true,
  summary: true,
  analysis: true,
  comparison: true,
  narrative: true,
  narrativeState: true,
  narrativeProblem: true,
  review: true,
  reviewArea: true,
  sentence: true,
  exchange: true,
  exchanges: true,
  exchangeStatus: true,
  evidence: true,
  question: true,
  problem: true,
  jobState: true,
  stageState: true,
};
