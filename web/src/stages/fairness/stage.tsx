import { useState } from "react";

import { Alert } from "@/ui/Alert";
import { useNumbers } from "@/charts/use-numbers";
import { addWords, useWords } from "@/charts/words";
import { Select } from "@/ui/Select";
import { Tabs } from "@/ui/Tabs";

import type { StageProps } from "../props";
import { SamplingNote } from "../sampling";
import { AttributeView } from "./attribute";
import { ConditionalPart } from "./conditional";
import en from "./en.json";
import es from "./es.json";
import { IndividualPart } from "./individual";
import { Overview } from "./intersections";
import { LabelView } from "./labels";
import { MitigationPart } from "./mitigation";
import { ProxiesPart } from "./proxies";
import { type FairnessReport, whole } from "./report";
import { ValueView } from "./values";

const NAMESPACE = addWords("stage-fairness", { en, es });

const VIEWS = ["groups", "intersections", "strata", "proxies", "individual", "mitigation"] as const;
type ViewId = (typeof VIEWS)[number];

export default function FairnessStage(props: StageProps<FairnessReport>) {
  const say = useWords(NAMESPACE);
  const report = whole(props.report);
  const [chosen, setChosen] = useState<ViewId>("groups");
  const named = everyone(report);
  const crossed = named.some((a) => a.of.length > 0) || report.left_out.length > 0;
  const has: Record<ViewId, boolean> = {
    groups: true,
    intersections: crossed,
    strata: report.conditional.length > 0,
    proxies: report.proxies.length > 0,
    individual: report.consistency !== null || changes(report).length > 0,
    mitigation: report.mitigation.length > 0,
  };
  const views = VIEWS.filter((id) => has[id]);
  const view = has[chosen] ? chosen : "groups";
  if (named.length === 0) return null;
  const part = { ...props, report, namespace: NAMESPACE };
  const note = <SamplingNote sampling={report.sampling} />;
  if (views.length === 1) {
    return (
      <>
        {note}
        <Groups {...part} />
      </>
    );
  }
  return (
    <>
      {note}
      <Tabs
        label={say("views.label")}
        items={views.map((id) => ({ id, label: say(`views.${id}`) }))}
        value={view}
        onChange={setChosen}
      >
        <div className="flex min-w-0 flex-col gap-4">
          {view === "groups" && <Groups {...part} />}
          {view === "intersections" && <Groups {...part} crossed />}
          {view === "strata" && <ConditionalPart all={report.conditional} namespace={NAMESPACE} />}
          {view === "proxies" && <ProxiesPart {...part} all={report.proxies} />}
          {view === "individual" && (
            <IndividualPart
              consistency={report.consistency}
              changes={changes(report)}
              numbersOf={report.values.length > 0}
              namespace={NAMESPACE}
            />
          )}
          {view === "mitigation" && <MitigationPart all={report.mitigation} namespace={NAMESPACE} />}
        </div>
      </Tabs>
    </>
  );
}

/** Attributes and intersections of whichever task. */
const everyone = (report: FairnessReport) => [...report.attributes, ...report.labels, ...report.values];

/** What changes when only the attribute changes, or it and its proxies. */
const changes = (report: FairnessReport) =>
  [
    ...[...report.attributes, ...report.labels].map((a) => ({
      attribute: a.attribute,
      alone: a.flip_rate,
      withProxies: a.proxy_flip_rate,
    })),
    ...report.values.map((a) => ({
      attribute: a.attribute,
      alone: a.flip_shift,
      withProxies: a.proxy_flip_shift,
    })),
  ].filter((c) => c.alone !== null || c.withProxies !== null);

interface GroupsProps extends StageProps<FairnessReport> {
  namespace: string;
  /** Intersections instead of single attributes. */
  crossed?: boolean;
}

/** One attribute, or one intersection, at a time. */
function Groups({ report, findings, namespace, crossed = false }: GroupsProps) {
  const say = useWords(namespace);
  const numbers = useNumbers();
  const all = everyone(report).filter((a) => a.of.length > 0 === crossed);
  const [name, setName] = useState(all[0]?.attribute ?? "");
  const chosen = all.find((a) => a.attribute === name) ?? all[0];
  const shown = chosen?.attribute;
  const decisions = report.attributes.find((a) => a.attribute === shown);
  const classes = report.labels.find((a) => a.attribute === shown);
  const values = report.values.find((a) => a.attribute === shown);
  const view = { findings, namespace };
  return (
    <>
      {crossed && all.length > 0 && <Overview {...{ report, findings, namespace }} />}
      {crossed &&
        report.left_out.map((left) => (
          <Alert key={left.attribute} isLive={false}>
            {say("leftOut", {
              attribute: left.attribute,
              groups: numbers.count(left.groups),
              most: numbers.count(left.most),
            })}
          </Alert>
        ))}
      {all.length > 1 && (
        <Select
          label={say(crossed ? "intersection" : "attribute")}
          className="max-w-72"
          options={all.map((a) => ({ id: a.attribute, label: a.attribute }))}
          value={shown ?? null}
          onChange={setName}
        />
      )}
      {decisions && <AttributeView {...view} attribute={decisions} positive={report.positive} />}
      {classes && <LabelView {...view} attribute={classes} />}
      {values && <ValueView {...view} attribute={values} />}
    </>
  );
}
