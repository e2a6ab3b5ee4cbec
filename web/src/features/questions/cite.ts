import type { ReactNode } from "react";

import type { Sentence } from "@/api/narrative";

/** Sentences with links to what they cite; `evidence` is what the ids of the calls of the answer begin with. */
export type Cite = (sentences: Sentence[], evidence?: string) => ReactNode;
