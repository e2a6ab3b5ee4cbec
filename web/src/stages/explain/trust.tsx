import { useNumbers } from "@/charts/use-numbers";
import { useWords } from "@/charts/words";

import type { ExplainReport } from "./report";

/** What can go wrong with an explanation, measured. */
export function TrustCard({ report, namespace }: { report: ExplainReport; namespace: string }) {
  const say = useWords(namespace);
  const numbers = useNumbers();
  const { trust, method } = report;
  const lines: [string, string][] = [
    [say("trust.additivity"), numbers.format(trust.additivity_error, "scientific")],
    [
      say("trust.sampling"),
      trust.sampling_error === null ? say("trust.exact") : numbers.format(trust.sampling_error, "scientific"),
    ],
    [say("trust.surrogate"), say("trust.noSurrogate")],
    [say("trust.stability"), numbers.format(report.rank_stability, "ratio")],
    [
      say("trust.seeds"),
      trust.seed_stability === null
        ? say("trust.nothingDrawn")
        : numbers.format(trust.seed_stability, "ratio"),
    ],
    ...(trust.agreement
      ? ([
          [
            say("trust.agreement", {
              rows: numbers.count(trust.agreement.rows),
              background: numbers.count(trust.agreement.background_rows),
            }),
            numbers.format(trust.agreement.tau, "ratio"),
          ],
        ] as [string, string][])
      : []),
    ...(method.background_rows > 0
      ? ([[say("trust.background"), numbers.count(method.background_rows)]] as [string, string][])
      : []),
    [
      say("trust.correlated", { n: numbers.count(trust.correlated_rows) }),
      trust.correlated.length === 0
        ? say("trust.noCorrelated")
        : trust.correlated.map((pair) => pair.join(" · ")).join("; "),
    ],
  ];
  return (
    <dl className="num max-w-4xl divide-y divide-line rounded-lg border border-line">
      {lines.map(([what, value]) => (
        <div key={what} className="flex flex-wrap justify-between gap-x-6 gap-y-0.5 px-3.5 py-2 text-sm">
          <dt className="max-w-[60ch] text-ink-muted">{what}</dt>
          <dd className="font-medium">{value}</dd>
        </div>
      ))}
    </dl>
  );
}
