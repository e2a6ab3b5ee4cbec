import { ChevronRight } from "lucide-react";
import { useState } from "react";
import { useTranslation } from "react-i18next";

import type { Evidence } from "@/api/questions";
import { announce } from "@/lib/announce";
import { Button } from "@/ui/Button";

import { EvidenceItem } from "./EvidenceItem";

interface EvidenceListProps {
  evidence: readonly Evidence[];
  /** What the ids of the calls begin with. */
  prefix: string;
}

/** Each call of the audit's own functions behind an answer, folded, and to copy. */
export function EvidenceList({ evidence, prefix }: EvidenceListProps) {
  const { t } = useTranslation("questions");
  if (evidence.length === 0) return null;
  return (
    <details className="group/evidence min-w-0 text-sm">
      <summary className="num inline-flex min-h-6 cursor-pointer list-none items-center gap-1 text-accent-ink [&::-webkit-details-marker]:hidden">
        <ChevronRight aria-hidden size={14} className="transition-transform group-open/evidence:rotate-90" />
        {t("evidence.title")} ({evidence.length})
      </summary>
      <div className="mt-2 flex min-w-0 flex-col gap-3">
        <p className="max-w-[80ch] text-ink-muted">{t("evidence.note")}</p>
        <ol className="flex min-w-0 flex-col gap-3">
          {evidence.map((call, i) => (
            <EvidenceItem key={`${call.digest}${i}`} call={call} index={i} prefix={prefix} />
          ))}
        </ol>
        <CopyButton evidence={evidence} />
      </div>
    </details>
  );
}

function CopyButton({ evidence }: Pick<EvidenceListProps, "evidence">) {
  const { t } = useTranslation("questions");
  const [copied, setCopied] = useState<"done" | "failed" | null>(null);
  const copy = async () => {
    const done = await navigator.clipboard
      ?.writeText(JSON.stringify(evidence, null, 2))
      .then(() => true)
      .catch(() => false);
    setCopied(done ? "done" : "failed");
    announce(t(done ? "evidence.copied" : "evidence.notCopied"));
  };
  return (
    <p className="flex flex-wrap items-center gap-3">
      <Button size="sm" onPress={() => void copy()}>
        {t("evidence.copy")}
      </Button>
      {copied === null ? null : (
        <span className={copied === "done" ? "text-ink-muted" : "text-issue"}>
          {t(copied === "done" ? "evidence.copied" : "evidence.notCopied")}
        </span>
      )}
    </p>
  );
}
