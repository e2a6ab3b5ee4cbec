import { OctagonAlert } from "lucide-react";
import { useTranslation } from "react-i18next";

import { Badge } from "@/ui/Badge";

/** What an imported name is, with a mark for what reaches outside of model libraries. */
export function Kind({ id }: { id: string }) {
  const { t, i18n } = useTranslation("uploads");
  const label = i18n.exists(`detail.kinds.${id}`, { ns: "uploads" })
    ? t(`detail.kinds.${id as "custom"}`)
    : id;
  if (id !== "dangerous" && id !== "custom") return label;
  return (
    <Badge look="plain" tone={id === "dangerous" ? "issue" : "watch"} icon={OctagonAlert} label={label} />
  );
}
