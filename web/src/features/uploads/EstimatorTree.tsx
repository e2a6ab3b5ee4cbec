import { useTranslation } from "react-i18next";

import type { EstimatorFacts } from "@/api/types";

const SHOWN = 8;

/** The steps of a model, each under the one that holds it. */
export function EstimatorTree({ estimators }: { estimators: readonly EstimatorFacts[] }) {
  const { t } = useTranslation("uploads");
  return (
    <ul className="card divide-y divide-line">
      {estimators.map((e, i) => (
        <li
          key={i}
          className="px-4 py-2.5"
          style={{ paddingInlineStart: `${1 + Math.min(e.depth, 8) * 1.4}rem` }}
        >
          <span className="flex flex-wrap items-baseline gap-x-3 gap-y-0.5">
            <span className="font-medium">{e.class}</span>
            {e.name ? <span className="text-sm text-ink-muted">{e.name}</span> : null}
          </span>
          {e.params.length > 0 ? (
            <p className="mt-0.5 font-mono text-xs break-words text-ink-muted">
              <span className="sr-only">{t("detail.params")}: </span>
              {e.params
                .slice(0, SHOWN)
                .map(([name, value]) => `${name}=${value}`)
                .join(" · ")}
              {e.params.length > SHOWN ? " · …" : null}
            </p>
          ) : null}
        </li>
      ))}
    </ul>
  );
}
