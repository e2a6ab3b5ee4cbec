import { lazy, Suspense, useState } from "react";
import { useTranslation } from "react-i18next";

import { Button } from "@/ui/Button";
import { Loading, Skeleton } from "@/ui/Skeleton";

const AboutText = lazy(() => import("./about-text"));

/** What a stage measures, why, how to read it, and its limits: the stage's own README. */
export function About({ stage }: { stage: string }) {
  const { t } = useTranslation("results");
  const [open, setOpen] = useState(false);
  return (
    <section className="flex flex-col items-start gap-4 print:hidden">
      <Button size="sm" aria-expanded={open} onPress={() => setOpen(!open)}>
        {t(open ? "about.hide" : "about.show")}
      </Button>
      {open && (
        <Suspense
          fallback={
            <Loading label={t("about.loading")}>
              <Skeleton className="h-40 w-96 max-w-full" />
            </Loading>
          }
        >
          <AboutText stage={stage} />
        </Suspense>
      )}
    </section>
  );
}
