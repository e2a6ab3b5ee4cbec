import { useTranslation } from "react-i18next";

import type { Answer, Curve, WhatIf } from "@/api/asked";
import { EstimatePlot } from "@/charts/estimates";
import { Headline, Part } from "@/charts/headline";
import { LineChart } from "@/charts/lines";
import { useNumbers } from "@/charts/use-numbers";
import { Table } from "@/ui/Table";

import { Explained, scoreUnit, topScores } from "./Explained";

/** The new prediction beside the old one, its explanation, and the curve of one feature. */
export function WhatIfAnswer({ answer }: { answer: WhatIf }) {
  const { t } = useTranslation("explore");
  return (
    <>
      <Part title={t("whatIf.title")}>
        <Beside answer={answer} />
        <ScoreTable old={answer.old.answer} next={answer.new.answer} />
      </Part>
      <Part title={t("whatIf.explained")}>
        <Explained explanation={answer.new.explanation} row={answer.row + 1} />
      </Part>
      {answer.curve && answer.curve.points.length > 1 ? (
        <Part title={t("curve.title")}>
          <CurveFigure curve={answer.curve} answer={answer} />
        </Part>
      ) : null}
    </>
  );
}

function Beside({ answer }: { answer: WhatIf }) {
  const { t } = useTranslation("explore");
  const numbers = useNumbers();
  const word = ({ label, scores }: Answer) => label ?? numbers.format(scores[0]?.value, "number");
  const missing = t("missing");
  const changes = answer.changes.map((c) => `${c.column}: ${c.old ?? missing} → ${c.new ?? missing}`);
  return (
    <>
      <div role="status">
        <Headline
          facts={[
            { label: t("whatIf.before"), value: word(answer.old.answer) },
            { label: t("whatIf.after"), value: word(answer.new.answer) },
          ]}
        />
      </div>
      <p className="text-sm wrap-anywhere text-ink-muted">
        {changes.length > 0 ? changes.join("; ") : t("whatIf.unchanged")}
      </p>
    </>
  );
}

function ScoreTable({ old, next }: { old: Answer; next: Answer }) {
  const { t } = useTranslation("explore");
  const numbers = useNumbers();
  const unit = scoreUnit(old);
  const before = new Map(old.scores.map((s) => [s.class, s.value]));
  const delta = (of: string | null, value: number) => {
    const change = value - (before.get(of) ?? 0);
    const text = numbers.format(change, unit === "share" ? "points" : "number");
    return change > 0 ? `+${text}` : text;
  };
  return (
    <Table
      dense
      label={t("whatIf.scores")}
      rows={topScores(next, 10)}
      rowKey={(s) => s.class ?? "value"}
      columns={[
        {
          id: "class",
          header: t("whatIf.class"),
          rowHeader: true,
          cell: (s) => s.class ?? t("answer.predicted"),
        },
        {
          id: "old",
          header: t("whatIf.before"),
          numeric: true,
          cell: (s) => numbers.format(before.get(s.class), unit),
        },
        { id: "new", header: t("whatIf.after"), numeric: true, cell: (s) => numbers.format(s.value, unit) },
        {
          id: "change",
          header: t("whatIf.change"),
          numeric: true,
          className: "whitespace-nowrap",
          cell: (s) => delta(s.class, s.value),
        },
      ]}
    />
  );
}

/** The score of the changed row with one feature set to each of its values. */
function CurveFigure({ curve, answer }: { curve: Curve; answer: WhatIf }) {
  const { t } = useTranslation("explore");
  const numbers = useNumbers();
  const next = answer.new.answer;
  const unit = scoreUnit(next);
  const explained = answer.new.explanation.class;
  const title = t(
    next.label === null ? "curve.value" : next.kind === "probability" ? "curve.probability" : "curve.score",
    { class: explained ?? "" },
  );
  const ordered = curve.points.toSorted((a, b) => a.score - b.score);
  const [least, most] = [ordered[0]!, ordered.at(-1)!];
  const words = {
    caption: t("curve.caption", {
      feature: curve.feature,
      low: numbers.format(least.score, unit),
      at: least.value,
      high: numbers.format(most.score, unit),
      top: most.value,
    }),
    note: t("curve.note", { value: curve.at ?? t("missing") }),
    computed: t("curve.computed"),
  };
  const points = curve.points.flatMap((p) => (p.x === null ? [] : [{ x: p.x, y: p.score }]));
  if (points.length === curve.points.length) {
    const at = curve.at === null ? Number.NaN : Number(curve.at);
    const inside = at >= points[0]!.x && at <= points.at(-1)!.x;
    return (
      <LineChart
        {...words}
        series={[{ label: curve.feature, points }]}
        xTitle={curve.feature}
        yTitle={title}
        xUnit="number"
        yUnit={unit}
        dots
        {...(inside ? { cursor: { at, label: t("curve.now", { value: curve.at }) } } : {})}
      />
    );
  }
  return (
    <EstimatePlot
      {...words}
      mark="dot"
      rows={ordered.toReversed().map((p) => ({
        label: p.value,
        estimates: [{ value: p.score, low: null, high: null, n: 1, method: "none" }],
        marked: p.value === curve.at,
      }))}
      unit={unit}
      rowTitle={curve.feature}
      valueTitle={title}
      markedLabel={t("curve.now", { value: curve.at ?? t("missing") })}
    />
  );
}
