import { useInfiniteQuery } from "@tanstack/react-query";
import { Link } from "@tanstack/react-router";
import { Plus } from "lucide-react";
import { useEffect, useState } from "react";
import { useTranslation } from "react-i18next";

import { Answer } from "@/api/Answer";
import { Button, buttonClass } from "@/ui/Button";
import { EmptyState } from "@/ui/EmptyState";
import { SearchField } from "@/ui/Field";
import { PageTitle } from "@/ui/PageTitle";
import { Select } from "@/ui/Select";
import { TableSkeleton } from "@/ui/TableSkeleton";

import { AnalysesTable } from "./AnalysesTable";
import { type StateFilter, stateFilters } from "./filters";
import { PreparedAudits } from "./PreparedAudits";
import { analysesQuery } from "./queries";

interface AnalysesPageProps {
  q: string;
  state: StateFilter;
  onFilter: (filter: { q: string; state: StateFilter }) => void;
}

/** All analyses, to search, filter, open and delete. */
export function AnalysesPage({ q, state, onFilter }: AnalysesPageProps) {
  const { t } = useTranslation("audits");
  const query = useInfiniteQuery(
    analysesQuery({ q: q || undefined, state: state === "all" ? undefined : state }),
  );
  const items = query.data?.pages.flatMap((p) => p.items) ?? [];
  const filtered = q !== "" || state !== "all";
  const blank = query.data !== undefined && items.length === 0 && !filtered;
  const start = (
    <Link to="/audits/new/files" className={buttonClass("primary")}>
      <Plus aria-hidden size={16} strokeWidth={2.4} />
      {t("empty.action")}
    </Link>
  );
  return (
    <>
      <PageTitle title={t("title")}>{t("lead")}</PageTitle>
      {blank ? null : (
        <div className="mb-4 flex flex-wrap items-end gap-3">
          <Search value={q} onChange={(next) => onFilter({ q: next, state })} />
          <Select
            quietLabel
            label={t("filter.label")}
            options={stateFilters.map((id) => ({ id, label: t(`filter.${id}`) }))}
            value={state}
            onChange={(next) => onFilter({ q, state: next })}
            className="w-40"
          />
        </div>
      )}
      <Answer query={query} skeleton={<TableSkeleton />}>
        {() => {
          if (blank) {
            return (
              <EmptyState title={t("empty.title")} action={start}>
                {t("empty.body")}
              </EmptyState>
            );
          }
          if (items.length === 0) {
            return (
              <EmptyState
                title={t("noResults.title")}
                action={
                  <Button onPress={() => onFilter({ q: "", state: "all" })}>{t("noResults.clear")}</Button>
                }
              >
                {t("noResults.body")}
              </EmptyState>
            );
          }
          return (
            <>
              <AnalysesTable items={items} />
              {query.hasNextPage ? (
                <div className="mt-4 flex justify-center">
                  <Button isPending={query.isFetchingNextPage} onPress={() => void query.fetchNextPage()}>
                    {t("more")}
                  </Button>
                </div>
              ) : null}
            </>
          );
        }}
      </Answer>
      {filtered ? null : <PreparedAudits />}
    </>
  );
}

/** Typing searches after a short rest, so that the address and the server are not asked at each key. */
function Search({ value, onChange }: { value: string; onChange: (value: string) => void }) {
  const { t } = useTranslation("audits");
  const [text, setText] = useState(value);
  const [before, setBefore] = useState(value);
  if (value !== before) {
    setBefore(value);
    // Cleared from outside; while typing, what is typed holds.
    if (value === "") setText("");
  }
  useEffect(() => {
    if (text === value) return;
    const timer = setTimeout(() => onChange(text), 250);
    return () => clearTimeout(timer);
  }, [text, value, onChange]);
  return (
    <SearchField
      label={t("search")}
      placeholder={t("search")}
      value={text}
      onChange={setText}
      className="w-full sm:w-72"
    />
  );
}
