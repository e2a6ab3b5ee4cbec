import { scaleLinear } from "@visx/scale";
import { useTranslation } from "react-i18next";

import type { Answer, Counterfactual, Move } from "@/api/asked";
import { Figure, type Mark } from "@/charts/figure";
import { colourOf, Dot, fit, STRONG, TEXT } from "@/charts/marks";
import { useNumbers } from "@/charts/use-numbers";

import { scoreUnit } from "./Explained";
import { useCellWords } from "./RowView";

const ROW = 54;
const OLD = "var(--chart-axis)";
/** Keeps words readable where the line runs through them. */
const HALO = {
  paintOrder: "stroke",
  stroke: "var(--surface)",
  strokeWidth: 5,
  strokeLinejoin: "round",
} as const;
const LABEL = 92;
const WIDEST = 560;

/** A class, or a predicted number. */
export function useOutcomeWords(): (answer: Answer) => string {
  const numbers = useNumbers();
  return ({ label, scores }) => label ?? numbers.format(scores[0]?.value, "number");
}

/** One thing that changes: as words, and as places from 0 to 1 where it has them. */
interface Step {
  name: string;
  old: string;
  next: string;
  from: number | null;
  to: number | null;
  isAnswer: boolean;
}

interface FlipFigureProps {
  flip: Counterfactual;
  start: Answer;
  /** From 1. */
  row: number;
  /** Whether it is what was wanted, and not only the nearest try. */
  reached: boolean;
}

/** Old value → new value of each changed column, on the ranks of the data, and what becomes of the answer. */
export function FlipFigure({ flip, start, row, reached }: FlipFigureProps) {
  const { t } = useTranslation("explore");
  const numbers = useNumbers();
  const outcome = useOutcomeWords();
  const moves = useMoves(flip);
  const answer = useAnswerStep(start, flip.answer);
  const steps = [answer, ...moves];
  const list = new Intl.ListFormat(numbers.language).format(
    moves.map((m) => t("changes.move", { column: m.name, old: m.old, new: m.next })),
  );
  return (
    <Figure
      caption={t(reached ? "changes.caption" : "changes.captionTry", {
        row: numbers.count(row),
        changes: list,
        outcome: outcome(flip.answer),
        score: answer.next,
      })}
      computed={t("changes.computed")}
      nearest="y"
      legend={[
        { kind: "dot", label: t("whatIf.before"), colour: OLD },
        { kind: "dot", label: t("whatIf.after"), colour: colourOf(0), shape: "diamond" },
      ]}
      table={{
        columns: [
          { label: t("cells.column") },
          { label: t("whatIf.before"), numeric: true },
          { label: t("whatIf.after"), numeric: true },
          { label: t("changes.share"), numeric: true },
          { label: t("changes.rows"), numeric: true },
        ],
        rows: [
          [answer.name, answer.old, answer.next, "–", "–"],
          ...flip.changes.map((change, i) => [
            change.column,
            moves[i]!.old,
            moves[i]!.next,
            numbers.format(change.distance, "share"),
            numbers.count(change.rows),
          ]),
        ],
      }}
      draw={(width) => {
        const inner = Math.min(width, WIDEST);
        const label = Math.min(LABEL, inner * 0.26);
        const x = scaleLinear<number>({ domain: [0, 1], range: [label, inner - label] });
        const top = (i: number) => i * ROW + (i > 0 ? 10 : 0);
        const marks: Mark[] = steps.map((step, i) => ({
          x: step.to === null ? inner * 0.78 : x(step.to),
          y: top(i) + 34,
          row: i,
        }));
        return {
          height: steps.length * ROW + 34,
          marks,
          body: (
            <>
              {steps.map((step, i) => (
                <g key={`${step.isAnswer} ${step.name}`} transform={`translate(0 ${top(i)})`}>
                  <text x={0} y={14} className={step.isAnswer ? `${STRONG} font-semibold` : TEXT}>
                    {fit(step.name, inner)}
                  </text>
                  {step.from !== null && step.to !== null ? (
                    <Track {...{ step, inner }} from={x(step.from)} to={x(step.to)} ends={[x(0), x(1)]} />
                  ) : (
                    <Exchange step={step} inner={inner} />
                  )}
                </g>
              ))}
              <line x1={0} x2={inner} y1={ROW + 3} y2={ROW + 3} stroke="var(--line)" />
              {moves.some((m) => m.to !== null) ? (
                <>
                  <text x={x(0)} y={steps.length * ROW + 28} textAnchor="middle" className={TEXT}>
                    {t("changes.lowest")}
                  </text>
                  <text x={x(1)} y={steps.length * ROW + 28} textAnchor="middle" className={TEXT}>
                    {t("changes.highest")}
                  </text>
                </>
              ) : null}
            </>
          ),
        };
      }}
    />
  );
}

function useMoves(flip: Counterfactual): Step[] {
  const { t } = useTranslation("explore");
  const words = useCellWords();
  const written = (text: string | null, { new_rank }: Move) => {
    if (text === null) return t("missing");
    const value = Number(text);
    return new_rank !== null && Number.isFinite(value) ? words({ value }) : text;
  };
  return flip.changes.map((change) => ({
    name: change.column,
    old: written(change.old, change),
    next: written(change.new, change),
    from: change.old_rank,
    to: change.old_rank === null ? null : change.new_rank,
    isAnswer: false,
  }));
}

/** What the model says: the probability of the new class where there is one, else the answer itself. */
function useAnswerStep(start: Answer, after: Answer): Step {
  const { t } = useTranslation("explore");
  const numbers = useNumbers();
  const outcome = useOutcomeWords();
  const score = (answer: Answer) => answer.scores.find((s) => s.class === after.label)?.value;
  const [before, now] = [score(start), score(after)];
  if (after.kind !== "probability" || before === undefined || now === undefined) {
    return {
      name: t("answer.predicted"),
      old: outcome(start),
      next: outcome(after),
      from: null,
      to: null,
      isAnswer: true,
    };
  }
  return {
    name: t("answer.probability", { class: after.label }),
    old: numbers.format(before, scoreUnit(start)),
    next: numbers.format(now, scoreUnit(after)),
    from: before,
    to: now,
    isAnswer: true,
  };
}

interface TrackProps {
  step: Step;
  inner: number;
  from: number;
  to: number;
  ends: [number, number];
}

/** Two places on a line; the words stand outside of the way between them. */
function Track({ step, inner, from, to, ends }: TrackProps) {
  const right = to >= from;
  const y = 34;
  const [behind, ahead] = right ? [from, inner - to] : [inner - from, to];
  const side = right ? 1 : -1;
  const colour = step.isAnswer ? colourOf(1) : colourOf(0);
  return (
    <>
      <line x1={ends[0]} x2={ends[1]} y1={y} y2={y} stroke="var(--line-strong)" strokeWidth={1} />
      <line x1={from} x2={to} y1={y} y2={y} stroke={colour} strokeWidth={3} />
      <Dot x={from} y={y} size={5} shape="circle" colour={OLD} />
      <Dot x={to} y={y} size={5.5} shape="diamond" colour={colour} />
      <text
        x={from - side * 10}
        y={y}
        dy="0.32em"
        {...HALO}
        textAnchor={right ? "end" : "start"}
        className={`${TEXT} num`}
      >
        {fit(step.old, behind - 10)}
      </text>
      <text
        x={to + side * 11}
        y={y}
        dy="0.32em"
        {...HALO}
        textAnchor={right ? "start" : "end"}
        className={`${STRONG} font-semibold`}
      >
        {fit(step.next, ahead - 11)}
      </text>
    </>
  );
}

/** Two values without an order. */
function Exchange({ step, inner }: { step: Step; inner: number }) {
  const y = 34;
  const width = inner * 0.42;
  const colour = step.isAnswer ? colourOf(1) : colourOf(0);
  const box = { y: y - 12, width, height: 24, rx: 12, fill: "var(--sunken)" };
  return (
    <>
      <rect x={0} {...box} stroke={OLD} />
      <text x={width / 2} y={y} dy="0.32em" textAnchor="middle" className={`${TEXT} num`}>
        {fit(step.old, width - 20)}
      </text>
      <path
        d={`M${width + 6} ${y}H${inner - width - 8}m-6 -4l6 4l-6 4`}
        stroke={colour}
        strokeWidth={2}
        fill="none"
      />
      <rect x={inner - width} {...box} stroke={colour} strokeWidth={1.5} />
      <text x={inner - width / 2} y={y} dy="0.32em" textAnchor="middle" className={`${STRONG} font-semibold`}>
        {fit(step.next, width - 20)}
      </text>
    </>
  );
}
