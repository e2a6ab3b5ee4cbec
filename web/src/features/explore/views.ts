/** The parts of the panel; which one is open is in the address. */
export const exploreViews = ["row", "what-if", "changes", "cohort"] as const;
export type ExploreView = (typeof exploreViews)[number];

/** What is asked: rows count from 1, as people count them. */
export interface Asked {
  view: ExploreView;
  row: number;
  filter: string;
}
