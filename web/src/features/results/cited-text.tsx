import { ChevronRight } from "lucide-react";
import { useTranslation } from "react-i18next";

import type { Sentence } from "@/api/narrative";
import type { AuditResult } from "@/api/types";
import { land } from "@/lib/landing";

import { type Cited, numberCitations, useCitations } from "./citations";
import type { StageLink } from "./types";

interface CitedProps {
  result: AuditResult;
  StageLink: StageLink;
  /** The numbers of the pointers; one text shares them. */
  numbering: ReadonlyMap<string, number>;
  /** What the ids of the calls of an answer begin with. */
  evidence?: string | undefined;
}

/** The same text with units and thousands that stay with their number at the end of a line. */
function unbroken(text: string): string {
  return text.replaceAll(/(\d) (?=%|\d)/g, "$1\u00a0");
}

/** Sentences as plain text, each followed by the numbers of what it cites; these stay on the line of its last word. */
export function CitedText({ sentences, numbering, ...rest }: CitedProps & { sentences: Sentence[] }) {
  return (
    <p className="max-w-[75ch] text-base text-pretty wrap-anywhere">
      {sentences.map((sentence, i) => (
        <span key={`${sentence.text}${i}`}>
          {i > 0 ? " " : null}
          {unbroken(sentence.text)}
          <Marks pointers={sentence.evidence} {...{ numbering, ...rest }} />
        </span>
      ))}
    </p>
  );
}

function Marks({ pointers, numbering, result, StageLink, evidence }: CitedProps & { pointers: string[] }) {
  const { t } = useTranslation("results");
  const cite = useCitations(result, evidence);
  const once = [...new Set(pointers)].map((pointer) => ({ pointer, n: numbering.get(pointer) ?? 0 }));
  return once
    .toSorted((a, b) => a.n - b.n)
    .map(({ pointer, n }) => {
      const cited = cite(pointer);
      return (
        <sup key={pointer} className="num text-xs leading-none">
          <Place
            cited={cited}
            StageLink={StageLink}
            label={t("cited.source", { n, label: cited.label })}
            className="rounded-sm px-1 py-1.5 text-accent-ink no-underline hover:bg-accent-soft hover:underline"
          >
            {n}
          </Place>
        </sup>
      );
    });
}

/** All that a text cites, folded. */
export function Sources({ numbering, result, StageLink, evidence }: CitedProps) {
  const { t } = useTranslation("results");
  const cite = useCitations(result, evidence);
  if (numbering.size === 0) return null;
  return (
    <details className="group/sources text-sm">
      <summary className="num inline-flex min-h-6 cursor-pointer list-none items-center gap-1 text-accent-ink [&::-webkit-details-marker]:hidden">
        <ChevronRight aria-hidden size={14} className="transition-transform group-open/sources:rotate-90" />
        {t("cited.sources", { count: numbering.size })}
      </summary>
      <ol className="mt-1 flex max-w-[80ch] flex-col">
        {[...numbering].map(([pointer, n]) => {
          const cited = cite(pointer);
          return (
            <li key={pointer} className="grid grid-cols-[2rem_1fr] py-0.5">
              <span aria-hidden className="num text-ink-faint">
                {n}
              </span>
              <span className="min-w-0 wrap-anywhere">
                <Place
                  cited={cited}
                  StageLink={StageLink}
                  className="inline-block min-h-6 text-left text-accent-ink underline underline-offset-4"
                >
                  {cited.label}
                </Place>{" "}
                <code className="text-xs text-ink-faint">{pointer}</code>
              </span>
            </li>
          );
        })}
      </ol>
    </details>
  );
}

interface PlaceProps {
  cited: Cited;
  StageLink: StageLink;
  /** Its name, where the visible text is short. */
  label?: string;
  className: string;
  children: string | number;
}

function Place({ cited: { place }, StageLink, label, className, children }: PlaceProps) {
  const named = label === undefined ? {} : { title: label, label };
  if (place === null) {
    return (
      <span title={label}>
        <span aria-hidden={label !== undefined}>{children}</span>
        {label === undefined ? null : <span className="sr-only">{label}</span>}
      </span>
    );
  }
  if ("here" in place) {
    return (
      <button
        type="button"
        title={label}
        aria-label={label}
        className={`cursor-pointer ${className}`}
        onClick={() => land(place.here)}
      >
        {children}
      </button>
    );
  }
  return (
    <StageLink stage={place.tab} at={place.at} className={className} {...named}>
      {children}
    </StageLink>
  );
}

interface CitedAnswerProps extends Omit<CitedProps, "numbering"> {
  sentences: Sentence[];
}

/** A text by itself with what it cites. */
export function CitedAnswer({ sentences, ...rest }: CitedAnswerProps) {
  const numbering = numberCitations(sentences);
  return (
    <>
      <CitedText {...{ sentences, numbering, ...rest }} />
      <Sources {...{ numbering, ...rest }} />
    </>
  );
}
