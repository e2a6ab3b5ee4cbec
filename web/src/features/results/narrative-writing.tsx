import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

import { useFormat } from "@/lib/format";
import { Button } from "@/ui/Button";
import { Progress } from "@/ui/Progress";

/** How long it has taken so far: how much is left is not known. */
export function Writing({ onStop }: { onStop: () => void }) {
  const { t } = useTranslation("results");
  const format = useFormat();
  const [start] = useState(() => Date.now());
  const [now, setNow] = useState(start);
  useEffect(() => {
    const timer = setInterval(() => setNow(Date.now()), 1000);
    return () => clearInterval(timer);
  }, []);
  return (
    <div className="card flex flex-col gap-3 px-4 py-4 sm:px-5">
      <Progress
        label={t("narrative.writing")}
        detail={t("narrative.elapsed", { time: format.duration(now - start) })}
      />
      <p className="text-sm text-ink-muted">{t("narrative.leave")}</p>
      <Button size="sm" className="self-start" onPress={onStop}>
        {t("narrative.stop")}
      </Button>
    </div>
  );
}
