/** The states that the list of analyses can be narrowed to. */
export const stateFilters = ["all", "running", "done", "failed", "cancelled"] as const;
export type StateFilter = (typeof stateFilters)[number];
