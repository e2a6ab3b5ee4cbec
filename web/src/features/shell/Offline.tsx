import { useTranslation } from "react-i18next";

import { useOnline } from "@/lib/online";
import { Alert } from "@/ui/Alert";

/** Says so while there is no network. */
export function Offline() {
  const { t } = useTranslation();
  if (useOnline()) return null;
  return (
    <div className="mb-4">
      <Alert tone="warning" title={t("offline.title")}>
        {t("offline.body")}
      </Alert>
    </div>
  );
}
