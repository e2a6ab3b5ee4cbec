import catalogue from "@catalogue/es.json";

import charts from "@/charts/es.json";
import account from "@/features/account/es.json";
import audits from "@/features/audits/es.json";
import compare from "@/features/compare/es.json";
import explore from "@/features/explore/es.json";
import questions from "@/features/questions/es.json";
import results from "@/features/results/es.json";
import shell from "@/features/shell/es.json";
import uploads from "@/features/uploads/es.json";

/** All Spanish words, by namespace. The catalogue is shared with the reports of the server. */
export default { catalogue, shell, account, uploads, audits, compare, explore, questions, results, charts };
