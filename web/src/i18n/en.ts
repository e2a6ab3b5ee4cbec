import catalogue from "@catalogue/en.json";

import charts from "@/charts/en.json";
import account from "@/features/account/en.json";
import audits from "@/features/audits/en.json";
import compare from "@/features/compare/en.json";
import explore from "@/features/explore/en.json";
import questions from "@/features/questions/en.json";
import results from "@/features/results/en.json";
import shell from "@/features/shell/en.json";
import uploads from "@/features/uploads/en.json";

/** All English words, by namespace. The catalogue is shared with the reports of the server. */
export default { catalogue, shell, account, uploads, audits, compare, explore, questions, results, charts };
