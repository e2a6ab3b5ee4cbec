import { ArrowRight } from "lucide-react";
import { useTranslation } from "react-i18next";

import type { ChangeKind, FindingChange } from "@/api/comparison";
import type { Finding } from "@/api/types";
import { useCatalogue } from "@/i18n/useCatalogue";
import { Badge, OutcomeBadge } from "@/ui/Badge";

import type { FindingWords } from "./types";

const KINDS: ChangeKind[] = ["opened", "worse", "better", "closed", "other"];

/** Findings that are not the same, what is open now first. */
export function FindingChanges({ changes, words }: { changes: FindingChange[]; words: FindingWords }) {
  const { t } = useTranslation("compare");
  if (changes.length === 0) return <p className="text-ink-muted">{t("findings.none")}</p>;
  return (
    <div className="flex min-w-0 flex-col gap-5">
      {KINDS.map((kind) => {
        const own = changes.filter((change) => change.kind === kind);
        if (own.length === 0) return null;
        const title = t(`findings.${kind}`);
        return (
          <section key={kind} className="flex min-w-0 flex-col gap-2">
            <h4 className="num text-sm font-semibold text-ink-muted">
              {title} <span className="font-normal text-ink-faint">{own.length}</span>
            </h4>
            <ul aria-label={title} className="divide-y divide-line rounded-lg border border-line bg-surface">
              {own.map((change, i) => (
                <Item key={`${change.check}${JSON.stringify(change.scope)}${i}`} {...{ change, words }} />
              ))}
            </ul>
          </section>
        );
      })}
    </div>
  );
}

function Item({ change, words }: { change: FindingChange; words: FindingWords }) {
  const { t } = useTranslation("compare");
  const shown = change.new ?? change.old;
  if (!shown) return null;
  const about = words.about(change.scope);
  return (
    <li className="flex flex-col gap-1 px-3.5 py-2.5">
      <p className="flex flex-wrap items-center gap-x-2.5 gap-y-1">
        <span className="font-medium">{words.title(shown)}</span>
        {about ? <span className="min-w-0 text-sm wrap-anywhere text-ink-muted">{about}</span> : null}
        <span className="ml-auto inline-flex flex-wrap items-center gap-1.5">
          <Side finding={change.old} />
          <ArrowRight aria-hidden size={14} className="text-ink-faint" />
          <span className="sr-only">{t("findings.then")}</span>
          <Side finding={change.new} />
        </span>
      </p>
      {change.kind !== "other" && change.new ? (
        <p className="max-w-[80ch] text-base break-words text-ink-muted">{words.sentence(change.new)}</p>
      ) : null}
    </li>
  );
}

function Side({ finding }: { finding: Finding | null }) {
  const { t } = useTranslation("compare");
  const { say } = useCatalogue();
  if (!finding) return <Badge look="plain" label={t("findings.absent")} />;
  return <OutcomeBadge look="plain" outcome={finding.outcome} label={say(`outcomes.${finding.outcome}`)} />;
}
