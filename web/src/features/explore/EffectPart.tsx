import { useQuery } from "@tanstack/react-query";
import { scaleLinear } from "@visx/scale";
import { LinePath } from "@visx/shape";
import { useTranslation } from "react-i18next";

import { Answer } from "@/api/Answer";
import type { Effect, RowReport } from "@/api/asked";
import { X_AXIS, XAxis, Y_TITLE, YAxis } from "@/charts/axes";
import { EstimatePlot } from "@/charts/estimates";
import { Figure, type Mark } from "@/charts/figure";
import { Pair, Part } from "@/charts/headline";
import { LineChart } from "@/charts/lines";
import { Dot } from "@/charts/marks";
import { digitsFor, type Unit } from "@/charts/numbers";
import { useNumbers } from "@/charts/use-numbers";
import { Select } from "@/ui/Select";
import { DetailSkeleton } from "@/ui/TableSkeleton";

import { inputs } from "./edits";
import { scoreUnit } from "./Explained";
import { effectQuery } from "./queries";

const HEIGHT = 230;
const ROW = "var(--chart-1)";
const MEAN = "var(--chart-2)";

interface EffectPartProps {
  id: string;
  report: RowReport;
  /** The column chosen; `null` for the one that matters most for the row. */
  feature: string | null;
  onFeature: (feature: string) => void;
}

/** How the answer depends on one column: for this row, for others, and on average. */
export function EffectPart({ id, report, feature, onFeature }: EffectPartProps) {
  const { t } = useTranslation("explore");
  const columns = inputs(report).map((cell) => cell.column);
  const chosen = feature !== null && columns.includes(feature) ? feature : (columns[0] ?? "");
  const query = useQuery(effectQuery(id, report.row, chosen));
  return (
    <Part title={t("effect.title")}>
      <Select
        label={t("effect.choose")}
        size="sm"
        className="w-full sm:w-64"
        options={columns.map((column) => ({ id: column, label: column }))}
        value={chosen}
        onChange={onFeature}
      />
      <Answer query={query} skeleton={<DetailSkeleton />}>
        {(answer) => (answer.effect ? <Pictures effect={answer.effect} report={answer} /> : null)}
      </Answer>
    </Part>
  );
}

interface PictureProps {
  effect: Effect;
  report: RowReport;
}

function Pictures({ effect, report }: PictureProps) {
  const { t } = useTranslation("explore");
  const isNumeric = effect.row.points.every((p) => p.x !== null);
  return (
    <Pair>
      {isNumeric ? <Curves {...{ effect, report }} /> : <Categories {...{ effect, report }} />}
      {effect.ale ? (
        <Accumulated effect={effect} />
      ) : (
        <p className="text-sm text-ink-muted">{t("effect.noAle")}</p>
      )}
    </Pair>
  );
}

/** Caption, note and titles that both pictures have. */
function useEffectWords({ effect, report }: PictureProps) {
  const { t } = useTranslation("explore");
  const numbers = useNumbers();
  const unit: Unit = scoreUnit(report.answer);
  const own = effect.row.points.map((p) => p.score);
  const digits = digitsFor([...own, ...effect.mean], unit);
  const write = (value: number) => numbers.format(value, unit, digits);
  const title = t(
    effect.class === null
      ? "curve.value"
      : report.answer.kind === "probability"
        ? "curve.probability"
        : "curve.score",
    { class: effect.class ?? "" },
  );
  return {
    unit,
    write,
    title,
    words: {
      caption: t("effect.caption", {
        feature: effect.feature,
        least: write(Math.min(...own)),
        most: write(Math.max(...own)),
        low: write(Math.min(...effect.mean)),
        high: write(Math.max(...effect.mean)),
      }),
      note: [
        t("effect.note", { rows: numbers.count(effect.rows), others: numbers.count(effect.others.length) }),
        effect.class === null ? "" : t("effect.class", { class: effect.class }),
      ]
        .filter(Boolean)
        .join(" "),
      computed: t("effect.computed"),
    },
  };
}

function Curves(props: PictureProps) {
  const { t } = useTranslation("explore");
  const numbers = useNumbers();
  const { unit, write, title, words } = useEffectWords(props);
  const { effect } = props;
  const points = effect.row.points.map((p, i) => ({ x: p.x ?? 0, y: p.score, mean: effect.mean[i] ?? 0 }));
  const at = effect.row.at === null ? Number.NaN : Number(effect.row.at);
  return (
    <Figure
      {...words}
      nearest="x"
      table={{
        columns: [
          { label: effect.feature },
          { label: t("effect.row"), numeric: true },
          { label: t("effect.mean"), numeric: true },
        ],
        rows: points.map((p) => [numbers.format(p.x, "number"), write(p.y), write(p.mean)]),
      }}
      legend={[
        { kind: "line", label: t("effect.row"), colour: ROW },
        { kind: "line", label: t("effect.mean"), colour: MEAN, dash: "7 3" },
        ...(effect.others.length > 0
          ? [{ kind: "line" as const, label: t("effect.other"), colour: "var(--chart-axis)" }]
          : []),
      ]}
      draw={(width) => {
        const left = 48;
        const inner = Math.min(width - left - 12, 760);
        const top = Y_TITLE + 4;
        const all = [...effect.others.flat(), ...points.flatMap((p) => [p.y, p.mean])];
        const [low, high] = [Math.min(...all), Math.max(...all)];
        const y = scaleLinear<number>({
          domain: low === high ? [low - 0.5, high + 0.5] : [low, high],
          range: [top + HEIGHT, top],
          nice: true,
        });
        const xs = points.map((p) => p.x);
        const [first, last] = [Math.min(...xs), Math.max(...xs)];
        const x = scaleLinear<number>({
          domain: first === last ? [first - 0.5, last + 0.5] : [first, last],
          range: [left, left + inner],
        });
        const line = (values: number[]) => values.map((v, i) => [x(xs[i] ?? 0), y(v)] as const);
        const marks: Mark[] = points.map((p, row) => ({ x: x(p.x), y: y(p.y), row }));
        return {
          height: top + HEIGHT + X_AXIS,
          marks,
          body: (
            <>
              <XAxis
                scale={x}
                unit="number"
                numbers={numbers}
                title={effect.feature}
                top={top + HEIGHT}
                height={HEIGHT}
              />
              <YAxis scale={y} unit={unit} numbers={numbers} title={title} left={left} width={inner} />
              {effect.others.map((curve, i) => (
                <LinePath
                  // Curves are a sample of rows without a name.
                  // oxlint-disable-next-line react/no-array-index-key
                  key={i}
                  data={line(curve)}
                  x={(p) => p[0]}
                  y={(p) => p[1]}
                  stroke="var(--chart-axis)"
                  strokeOpacity={0.35}
                />
              ))}
              {at >= first && at <= last ? (
                <line
                  x1={x(at)}
                  x2={x(at)}
                  y1={top}
                  y2={top + HEIGHT}
                  stroke="var(--ink)"
                  strokeDasharray="2 3"
                />
              ) : null}
              <LinePath
                data={line(effect.mean)}
                x={(p) => p[0]}
                y={(p) => p[1]}
                stroke={MEAN}
                strokeWidth={2}
                strokeDasharray="7 3"
              />
              <LinePath
                data={line(points.map((p) => p.y))}
                x={(p) => p[0]}
                y={(p) => p[1]}
                stroke={ROW}
                strokeWidth={2}
              />
              {points.map((p) => (
                <Dot key={p.x} x={x(p.x)} y={y(p.y)} size={3.5} shape="circle" colour={ROW} />
              ))}
            </>
          ),
        };
      }}
    />
  );
}

function Categories(props: PictureProps) {
  const { t } = useTranslation("explore");
  const { unit, title, words } = useEffectWords(props);
  const { effect } = props;
  const estimate = (value: number, n: number) => ({ value, low: null, high: null, n, method: "none" });
  const rows = effect.row.points.map((p, i) => ({
    label: p.value,
    estimates: [estimate(p.score, 1), estimate(effect.mean[i] ?? 0, effect.rows)],
    score: p.score,
  }));
  return (
    <EstimatePlot
      {...words}
      note={`${words.note} ${t("curve.now", { value: effect.row.at ?? t("missing") })}.`}
      mark="dot"
      series={[t("effect.row"), t("effect.mean")]}
      rows={rows.toSorted((a, b) => b.score - a.score)}
      unit={unit}
      rowTitle={effect.feature}
      valueTitle={title}
    />
  );
}

function Accumulated({ effect }: { effect: Effect }) {
  const { t } = useTranslation("explore");
  const numbers = useNumbers();
  const points = effect.ale!.points.map((p) => ({ x: p.at, y: p.effect, low: p.low, high: p.high }));
  const [first, last] = [points[0]!, points.at(-1)!];
  return (
    <LineChart
      caption={t("effect.ale", {
        feature: effect.feature,
        low: numbers.format(first.x, "number"),
        high: numbers.format(last.x, "number"),
        change: numbers.format(last.y - first.y, "number", 3),
      })}
      note={t("effect.aleNote", {
        rows: numbers.count(effect.ale!.rows),
        bins: numbers.count(effect.ale!.counts.length),
      })}
      computed={t("effect.aleComputed")}
      series={[{ label: effect.feature, points }]}
      xTitle={effect.feature}
      yTitle={t("effect.aleValue")}
      xUnit="number"
      yUnit="number"
      limits={[{ kind: "reference", value: 0 }]}
      dots
    />
  );
}
