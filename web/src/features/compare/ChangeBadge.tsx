import { TrendingDown, TrendingUp } from "lucide-react";
import { useTranslation } from "react-i18next";

import type { Change } from "@/api/comparison";
import { Badge } from "@/ui/Badge";

/** What the evidence allows to say, in a word and a mark. */
export function ChangeBadge({ change }: { change: Change }) {
  const { t } = useTranslation("compare");
  const look = {
    worse: { tone: "issue" as const, icon: TrendingDown },
    better: { tone: "pass" as const, icon: TrendingUp },
    unclear: { tone: "inconclusive" as const },
  }[change];
  return <Badge look="plain" {...look} label={t(`change.${change}`)} />;
}
