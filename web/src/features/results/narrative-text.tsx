import { useTranslation } from "react-i18next";

import type { Narrative, Review } from "@/api/narrative";
import type { AuditResult } from "@/api/types";
import { useFormat } from "@/lib/format";
import { Button } from "@/ui/Button";

import { numberCitations } from "./citations";
import { CitedText, Sources } from "./cited-text";
import type { StageLink } from "./types";

interface NarrativeTextProps {
  narrative: Narrative;
  result: AuditResult;
  StageLink: StageLink;
  onWrite: () => void;
}

/** The reviews, the synthesis first, with the receipt: how much was kept, by whom, and what it took. */
export function NarrativeText({ narrative, result, StageLink, onWrite }: NarrativeTextProps) {
  const { t } = useTranslation("results");
  const [first, rest] = [
    narrative.reviews.filter((r) => r.area === "synthesis"),
    narrative.reviews.filter((r) => r.area !== "synthesis"),
  ];
  const numbering = numberCitations([...first, ...rest].flatMap((r) => r.sentences));
  const shared = { numbering, result, StageLink };
  return (
    <div className="card flex min-w-0 flex-col gap-5 px-4 py-4 sm:px-5">
      {first.map((review) => (
        <ReviewPart key={review.area} review={review} {...shared} />
      ))}
      {rest.length > 0 ? (
        <div className="grid min-w-0 gap-x-10 gap-y-5 lg:grid-cols-2 [&>*]:min-w-0">
          {rest.map((review) => (
            <ReviewPart key={review.area} review={review} {...shared} />
          ))}
        </div>
      ) : null}
      <Sources {...shared} />
      <footer className="flex flex-wrap items-end justify-between gap-x-6 gap-y-3 border-t border-line pt-3">
        <Receipt narrative={narrative} />
        <Button size="sm" className="print:hidden" onPress={onWrite}>
          {t("narrative.anew")}
        </Button>
      </footer>
    </div>
  );
}

interface ReviewPartProps {
  review: Review;
  numbering: ReadonlyMap<string, number>;
  result: AuditResult;
  StageLink: StageLink;
}

function ReviewPart({ review, ...rest }: ReviewPartProps) {
  const { t } = useTranslation("results");
  return (
    <section>
      <h3 className="mb-1 text-lg font-semibold">{t(`narrative.areas.${review.area}`)}</h3>
      {review.sentences.length > 0 ? (
        <CitedText sentences={review.sentences} {...rest} />
      ) : (
        <p className="text-ink-muted">
          {review.problem === null && review.rejected === 0
            ? t("narrative.nothing")
            : t(`narrative.problems.${review.problem ?? "nothing-kept"}`)}
        </p>
      )}
      {review.rejected > 0 ? (
        <p className="num mt-1 text-sm text-ink-muted">
          {t("narrative.rejectedHere", { count: review.rejected })}
        </p>
      ) : null}
    </section>
  );
}

function Receipt({ narrative }: { narrative: Narrative }) {
  const { t } = useTranslation("results");
  const format = useFormat();
  const { model, provider, seconds, prompt_tokens: read, completion_tokens: written, cost } = narrative;
  const facts = [
    model && (provider ? t("narrative.by", { model, provider }) : model),
    seconds !== null && format.duration(seconds * 1000),
    read !== null &&
      written !== null &&
      t("narrative.tokens", { read: format.count(read), written: format.count(written) }),
    cost !== null && format.dollars(cost),
    narrative.written_at && format.dateTime(narrative.written_at),
  ].filter(Boolean);
  return (
    <div className="num min-w-0 text-sm">
      <p>
        {[
          t("narrative.kept", { count: narrative.kept }),
          t("narrative.rejected", { count: narrative.rejected }),
          ...(narrative.retried > 0 ? [t("narrative.retried", { count: narrative.retried })] : []),
        ].join("; ")}
      </p>
      <p className="wrap-anywhere text-ink-muted">{facts.join(" · ")}</p>
    </div>
  );
}
