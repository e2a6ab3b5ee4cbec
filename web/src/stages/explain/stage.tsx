import { useState } from "react";

import { Beeswarm } from "@/charts/beeswarm";
import { EstimatePlot } from "@/charts/estimates";
import { Headline, Pair, Part } from "@/charts/headline";
import { useNumbers } from "@/charts/use-numbers";
import { addWords, useWords } from "@/charts/words";
import { useCatalogue } from "@/i18n/useCatalogue";
import { Button } from "@/ui/Button";

import { limitOf, type StageProps } from "../props";
import { DependencePart } from "./dependence";
import en from "./en.json";
import es from "./es.json";
import { InteractionPart } from "./interactions";
import { LocalPart } from "./local";
import { ProxyPart } from "./proxies";
import { ReasonPart } from "./reasons";
import type { ExplainReport, FeatureImportance } from "./report";
import { TrustCard } from "./trust";

const NAMESPACE = addWords("stage-explain", { en, es });
const FIRST = 12;

export default function ExplainStage({ report, findings, context }: StageProps<ExplainReport>) {
  const say = useWords(NAMESPACE);
  const numbers = useNumbers();
  const { method, trust } = report;
  const scale = say(`scales.${method.scale}`);
  const { say: word } = useCatalogue();
  const fallback = method.fallback
    ? say("fallback", { reason: word(`reasons.${method.fallback}`, {}, method.fallback) })
    : undefined;
  const classNote = method.class ?? (context.classes.length > 2 ? context.classes.join(", ") : undefined);
  return (
    <>
      <Headline
        facts={[
          {
            label: say("method"),
            value: say(`methods.${method.id}`),
            note: fallback ?? say("scaleNote", { scale }),
          },
          {
            label: say("rows"),
            value: numbers.count(method.rows),
            note: say(method.sampled ? "sampled" : "all"),
          },
          {
            label: say("base"),
            value: method.base.map((b) => numbers.format(b, "number", 3)).join(" · "),
            note: classNote ? say("baseNote", { class: classNote }) : undefined,
          },
          {
            label: say("stability"),
            value: numbers.format(report.rank_stability, "ratio"),
            note: say("stabilityNote"),
          },
          {
            label: say("additivity"),
            value: numbers.format(trust.additivity_error, "scientific"),
            note: say("additivityNote"),
          },
        ]}
      />
      <Part title={say("importance.title")}>
        <Importance report={report} scale={scale} />
      </Part>
      <Part title={say("swarm.title")}>
        <Swarms report={report} scale={scale} />
      </Part>
      <Part title={say("dependence.title")}>
        <DependencePart
          features={report.features}
          rows={report.method.dependence_rows}
          namespace={NAMESPACE}
        />
      </Part>
      {report.interactions && (
        <Part title={say("pairs.title")}>
          <InteractionPart interactions={report.interactions} scale={scale} namespace={NAMESPACE} />
        </Part>
      )}
      {report.reasons && (
        <Part title={say("reasons.title")}>
          <ReasonPart reasons={report.reasons} namespace={NAMESPACE} />
        </Part>
      )}
      <Part title={say("local.title")}>
        <LocalPart rows={report.rows} immutable={report.immutable} scale={scale} namespace={NAMESPACE} />
      </Part>
      {report.proxies.length > 0 && (
        <Part title={say("proxies.title")}>
          <ProxyPart
            proxies={report.proxies}
            limit={limitOf(findings, "EXPL-PROXY-TOP")}
            namespace={NAMESPACE}
          />
        </Part>
      )}
      <Part title={say("trust.title")}>
        <TrustCard report={report} namespace={NAMESPACE} />
      </Part>
    </>
  );
}

function Importance({ report, scale }: { report: ExplainReport; scale: string }) {
  const say = useWords(NAMESPACE);
  const numbers = useNumbers();
  const [all, setAll] = useState(false);
  const features = all ? report.features : report.features.slice(0, FIRST);
  const first = report.features[0];
  const { say: word } = useCatalogue();
  const costly = report.features.toSorted(
    (a, b) => (b.permutation.value ?? 0) - (a.permutation.value ?? 0),
  )[0];
  const measurable = (costly?.permutation.low ?? costly?.permutation.value ?? 0) > 0;
  if (!first) return null;
  const shared = { mark: "bar" as const, unit: "number" as const, rowTitle: say("importance.feature") };
  return (
    <div className="flex flex-col items-start gap-4 [&>div]:w-full">
      <Pair>
        <EstimatePlot
          {...shared}
          caption={say("importance.shap", {
            first: first.feature,
            value: numbers.estimate(first.mean_abs_shap, "number"),
            share: numbers.format(first.shap_share.value, "share", 0),
          })}
          computed={say("importance.computed")}
          rows={features.map((f) => ({
            label: f.feature,
            estimates: [f.mean_abs_shap],
            marked: f.protected,
            extra: [
              f.in_model === false ? say("importance.notRead") : numbers.estimate(f.shap_share, "share"),
              numbers.format(f.mean_shap, "number", 3),
              numbers.format(f.direction, "ratio"),
            ],
          }))}
          extra={[say("importance.share"), say("importance.mean"), say("importance.direction")]}
          valueTitle={say("importance.value", { scale })}
          markedLabel={say("importance.protected")}
        />
        <EstimatePlot
          {...shared}
          mark="dot"
          caption={
            measurable && costly
              ? say("importance.permutation", {
                  first: costly.feature,
                  metric: word(`metrics.${report.method.permutation_metric}`),
                  value: numbers.estimate(costly.permutation, "number"),
                })
              : say("importance.nothing")
          }
          rows={features.map((f) => ({ label: f.feature, estimates: [f.permutation], marked: f.protected }))}
          valueTitle={say("importance.drop", { metric: word(`metrics.${report.method.permutation_metric}`) })}
          note={say("importance.shuffled", {
            rows: numbers.count(report.method.permutation_rows),
            repeats: numbers.count(report.method.permutation_repeats),
          })}
          markedLabel={say("importance.protected")}
          limits={[{ kind: "reference", value: 0 }]}
        />
      </Pair>
      {report.features.length > FIRST && (
        <Button size="sm" onPress={() => setAll(!all)}>
          {all
            ? say("importance.fewer", { count: numbers.count(FIRST) })
            : say("importance.all", { count: numbers.count(report.features.length) })}
        </Button>
      )}
    </div>
  );
}

function Swarms({ report, scale }: { report: ExplainReport; scale: string }) {
  const say = useWords(NAMESPACE);
  const features = report.features.filter((f) => f.points.length > 0).slice(0, FIRST);
  // With several classes, the class that the signs are about.
  const several = new Set(features.map((f) => f.class)).size > 1;
  const nameOf = (f: FeatureImportance) => (several && f.class ? `${f.feature} · ${f.class}` : f.feature);
  const clear = features.find((f) => Math.abs(f.direction ?? 0) >= 0.5);
  return (
    <Beeswarm
      caption={
        clear
          ? say("swarm.caption", {
              feature: clear.feature,
              direction: say((clear.direction ?? 0) > 0 ? "swarm.raise" : "swarm.lower"),
            })
          : say("swarm.plain")
      }
      note={say("swarm.note")}
      computed={say("swarm.computed")}
      swarms={features.map((f) => ({ label: nameOf(f), points: f.points }))}
      valueTitle={say("swarm.value", { scale })}
    />
  );
}
