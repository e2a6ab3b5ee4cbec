import { useInfiniteQuery, useQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { ArrowLeftRight, ChevronLeft } from "lucide-react";
import { useTranslation } from "react-i18next";

import { Answer } from "@/api/Answer";
import type { Analysis, AnalysisSummary } from "@/api/types";
import { useFormat } from "@/lib/format";
import { Button, buttonClass } from "@/ui/Button";
import { EmptyState } from "@/ui/EmptyState";
import { PageTitle } from "@/ui/PageTitle";
import { Select } from "@/ui/Select";
import { DetailSkeleton } from "@/ui/TableSkeleton";

import { ComparisonView } from "./ComparisonView";
import { candidatesQuery, comparisonQuery, partyQuery } from "./queries";
import type { FindingWords } from "./types";

interface ComparePageProps {
  /** The analysis of the model that may replace the other. */
  newId: string;
  oldId: string | undefined;
  onChoose: (pair: { old: string; new: string }) => void;
  words: FindingWords;
}

/** Chooses another finished analysis of the same table, and shows what the two say differently. */
export function ComparePage({ newId, oldId, onChoose, words }: ComparePageProps) {
  const { t } = useTranslation("compare");
  const query = useQuery(partyQuery(newId));
  return (
    <>
      <Link
        to="/audits/$id"
        params={{ id: newId }}
        className="mb-2 inline-flex min-h-6 items-center gap-1 text-sm text-ink-muted hover:text-ink print:hidden"
      >
        <ChevronLeft aria-hidden size={14} />
        {query.data?.name ?? t("back")}
      </Link>
      <PageTitle title={t("title")}>{t("lead")}</PageTitle>
      <Answer query={query} skeleton={<DetailSkeleton />}>
        {(analysis) => (
          <div className="flex min-w-0 flex-col gap-7">
            <Choice key={newId} {...{ analysis, oldId, onChoose }} />
            {oldId ? <Compared key={`${oldId} ${newId}`} {...{ oldId, newId, words }} /> : null}
          </div>
        )}
      </Answer>
    </>
  );
}

function Choice({
  analysis,
  oldId,
  onChoose,
}: { analysis: Analysis } & Pick<ComparePageProps, "oldId" | "onChoose">) {
  const { t } = useTranslation("compare");
  const format = useFormat();
  const query = useInfiniteQuery(candidatesQuery(analysis.dataset.filename));
  const known = query.data?.pages.flatMap((page) => page.items) ?? [];
  const others = known.filter((a) => a.dataset.id === analysis.dataset.id && a.id !== analysis.id);
  const label = (a: AnalysisSummary) => [a.name, a.model?.filename].filter(Boolean).join(" · ");
  if (query.data && others.length === 0 && !query.hasNextPage && !oldId) {
    return (
      <EmptyState
        title={t("none.title")}
        action={
          <Link to="/audits/new/files" className={buttonClass("primary")}>
            {t("none.action")}
          </Link>
        }
      >
        {t("none.body", { data: analysis.dataset.filename })}
      </EmptyState>
    );
  }
  return (
    <div className="card grid items-end gap-4 px-4 py-4 sm:grid-cols-[1fr_auto_1fr] sm:px-5 print:hidden">
      <div className="min-w-0">
        <Answer query={query} skeleton={<div className="h-15" />}>
          {() => (
            <Select
              label={t("old")}
              placeholder={t("choose")}
              options={others.map((a) => ({
                id: a.id,
                label: label(a),
                note: format.dateTime(a.finished_at ?? a.created_at),
              }))}
              value={others.some((a) => a.id === oldId) ? (oldId ?? null) : null}
              onChange={(old) => onChoose({ old, new: analysis.id })}
            />
          )}
        </Answer>
        {query.hasNextPage ? (
          <Button
            size="sm"
            className="mt-2"
            isPending={query.isFetchingNextPage}
            onPress={() => void query.fetchNextPage()}
          >
            {t("more")}
          </Button>
        ) : null}
      </div>
      <Button
        look="quiet"
        aria-label={t("swap")}
        isDisabled={!oldId}
        onPress={() => oldId && onChoose({ old: analysis.id, new: oldId })}
      >
        <ArrowLeftRight aria-hidden size={16} />
      </Button>
      <div className="min-w-0">
        <p className="text-sm font-medium">{t("new")}</p>
        <p className="mt-1.5 flex min-h-9 items-center text-base wrap-anywhere">{label(analysis)}</p>
      </div>
    </div>
  );
}

function Compared({ oldId, newId, words }: { oldId: string; newId: string; words: FindingWords }) {
  const query = useQuery(comparisonQuery(oldId, newId));
  return (
    <Answer query={query} skeleton={<DetailSkeleton />}>
      {(answer) => <ComparisonView answer={answer} words={words} />}
    </Answer>
  );
}
