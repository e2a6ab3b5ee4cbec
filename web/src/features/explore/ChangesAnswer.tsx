import { useTranslation } from "react-i18next";

import type { Counterfactual, Counterfactuals } from "@/api/asked";
import { Headline, Part } from "@/charts/headline";
import { useNumbers } from "@/charts/use-numbers";
import { Alert } from "@/ui/Alert";
import { Button } from "@/ui/Button";

import { scoreUnit } from "./Explained";
import { FlipFigure, useOutcomeWords } from "./FlipFigure";

interface ChangesAnswerProps {
  answer: Counterfactuals;
  /** Rows count from 1. */
  onRow: (row: number) => void;
}

/** What was found, what stayed as it is, and how far was searched. */
export function ChangesAnswer({ answer, onRow }: ChangesAnswerProps) {
  const { t } = useTranslation("explore");
  const numbers = useNumbers();
  const outcome = useOutcomeWords();
  const { start, found, closest, tried } = answer;
  const [first] = found;
  const top = start.scores.find((s) => s.class === start.label) ?? start.scores[0];
  return (
    <>
      <div role="status">
        <Headline
          facts={[
            {
              label: t("answer.predicted"),
              value: outcome(start),
              note:
                start.label === null || start.kind === "label"
                  ? undefined
                  : numbers.format(top?.value, scoreUnit(start)),
            },
            { label: t("changes.found"), value: numbers.count(found.length) },
            {
              label: t("changes.fewest"),
              value: first ? numbers.count(first.changes.length) : "–",
              note: first?.changes.map((c) => c.column).join(", "),
            },
            { label: t("changes.queries"), value: numbers.count(tried.queries) },
          ]}
        />
      </div>
      {found.length === 0 ? <NothingFound answer={answer} /> : null}
      {found.length > 0 || closest ? (
        <Part
          title={t(found.length > 0 ? "changes.title" : "changes.closest")}
          note={t(found.length > 0 ? "changes.note" : "changes.closestNote")}
        >
          <ol className="grid min-w-0 gap-x-10 gap-y-8 @4xl:grid-cols-2">
            {(found.length > 0 ? found : closest ? [closest] : []).map((one) => (
              <li key={one.changes.map((c) => c.column).join(" ")} className="flex min-w-0 flex-col gap-2">
                <FlipFigure flip={one} start={start} row={answer.row + 1} reached={found.length > 0} />
                <Plausibility flip={one} onRow={onRow} />
              </li>
            ))}
          </ol>
        </Part>
      ) : null}
      <Part title={t("changes.search")}>
        <ul className="flex max-w-[80ch] list-disc flex-col gap-1.5 pl-5 text-base text-ink-muted">
          <li>{t(howSure(answer), { n: numbers.count(tried.singles) })}</li>
          <li>
            {t(tried.max_distance === null ? "changes.reach" : "changes.reachWithin", {
              count: tried.changes,
              distance: numbers.format(tried.max_distance, "ratio"),
            })}
          </li>
          {tried.complete ? null : <li>{t("changes.incomplete", { n: numbers.count(tried.queries) })}</li>}
        </ul>
        <Stayed stayed={answer.stayed} />
      </Part>
    </>
  );
}

/** What the search may claim: only single changes were tried one by one. */
function howSure({ tried, found }: Counterfactuals) {
  if (tried.singles === 0) return "changes.sure.none" as const;
  if (!tried.exhaustive) return "changes.sure.grid" as const;
  if (found[0]?.changes.length === 1) return "changes.sure.nearest" as const;
  return "changes.sure.noSingle" as const;
}

function NothingFound({ answer }: { answer: Counterfactuals }) {
  const { t } = useTranslation("explore");
  const reason = answer.reason ?? "nothing-found";
  const title = reason === "already-there" ? "changes.there" : "changes.none";
  return (
    <Alert title={t(title)} isLive={false}>
      {t(`changes.reasons.${reason}` as "changes.reasons.nothing-found")}
    </Alert>
  );
}

/** How near the changed row is to the data. */
function Plausibility({ flip, onRow }: { flip: Counterfactual; onRow: (row: number) => void }) {
  const { t } = useTranslation("explore");
  const numbers = useNumbers();
  const { nearest } = flip;
  const rarest = flip.changes.toSorted((a, b) => a.rows - b.rows)[0];
  const facts = [
    t("changes.size", { count: flip.changes.length, distance: numbers.format(flip.distance, "ratio") }),
    rarest
      ? t("changes.seen", { count: rarest.rows, n: numbers.count(rarest.rows), column: rarest.column })
      : "",
  ];
  return (
    <div className="flex min-w-0 flex-col items-start gap-1 text-sm text-ink-muted">
      <p className="wrap-anywhere">{facts.filter(Boolean).join(" ")}</p>
      {nearest ? (
        <p className="flex flex-wrap items-center gap-x-3 gap-y-1">
          {t("changes.near", {
            share: numbers.format(nearest.lonelier, "share", 0),
            rows: numbers.count(nearest.rows),
          })}
          <Button size="sm" onPress={() => onRow(nearest.row + 1)}>
            {t("changes.nearestRow", { row: numbers.count(nearest.row + 1) })}
          </Button>
        </p>
      ) : null}
    </div>
  );
}

/** The columns that could not change, by the reason. */
function Stayed({ stayed }: { stayed: Counterfactuals["stayed"] }) {
  const { t } = useTranslation("explore");
  if (stayed.length === 0) return <p className="text-base text-ink-muted">{t("changes.allFree")}</p>;
  const reasons = [...new Set(stayed.map((s) => s.reason))];
  return (
    <div className="flex min-w-0 flex-col gap-2">
      <h4 className="text-base font-medium">{t("changes.stays")}</h4>
      <dl className="grid min-w-0 gap-x-6 gap-y-1.5 text-sm sm:grid-cols-[max-content_1fr]">
        {reasons.map((reason) => (
          <div key={reason} className="contents">
            <dt className="text-ink-muted first-letter:uppercase">
              {t(`changes.stayed.${reason}` as "changes.stayed.asked")}
            </dt>
            <dd className="wrap-anywhere">
              {stayed
                .filter((s) => s.reason === reason)
                .map((s) => s.column)
                .join(", ")}
            </dd>
          </div>
        ))}
      </dl>
    </div>
  );
}
