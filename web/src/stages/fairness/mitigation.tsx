import { useState } from "react";

import type { Estimate } from "@/api/types";
import { EstimatePlot } from "@/charts/estimates";
import { Pair, Part } from "@/charts/headline";
import { useNumbers } from "@/charts/use-numbers";
import { useWords } from "@/charts/words";
import { useCatalogue } from "@/i18n/useCatalogue";
import { Alert } from "@/ui/Alert";
import { Select } from "@/ui/Select";
import { Table } from "@/ui/Table";

import type { Cut, Method, Mitigation } from "./report";

const RATES = ["selection_rate", "tpr", "fpr"] as const;
type RateId = (typeof RATES)[number];

const bare = (value: number | null, n: number): Estimate => ({
  value,
  low: null,
  high: null,
  n,
  method: "none",
});

/** What common remedies would do, and what they would cost. */
export function MitigationPart({ all, namespace }: { all: Mitigation[]; namespace: string }) {
  const say = useWords(namespace);
  const { say: word } = useCatalogue();
  const [name, setName] = useState(all[0]?.attribute ?? "");
  const chosen = all.find((m) => m.attribute === name) ?? all[0];
  if (!chosen) return null;
  return (
    <>
      <Alert tone="warning" isLive={false}>
        {say(`remedies.notes.${chosen.note}`)}
      </Alert>
      {all.length > 1 && (
        <Select
          label={say("attribute")}
          className="max-w-72"
          options={all.map((m) => ({ id: m.attribute, label: m.attribute }))}
          value={chosen.attribute}
          onChange={setName}
        />
      )}
      {chosen.reason === null ? (
        <Remedies mitigation={chosen} namespace={namespace} />
      ) : (
        <p className="text-base">
          {say("notMeasured", { attribute: chosen.attribute, reason: word(`reasons.${chosen.reason}`) })}
        </p>
      )}
    </>
  );
}

function Remedies({ mitigation, namespace }: { mitigation: Mitigation; namespace: string }) {
  const say = useWords(namespace);
  const numbers = useNumbers();
  const { say: word } = useCatalogue();
  const { methods, test_rows: n } = mitigation;
  const [id, setId] = useState(methods[0]?.id ?? "");
  const method = methods.find((m) => m.id === id) ?? methods[0];
  const [first] = methods;
  if (!method || !first) return null;
  const title = (m: Method) => word(`methods.${m.id}`);
  return (
    <>
      <Part
        title={say("remedies.title", { attribute: mitigation.attribute })}
        note={say("remedies.intro", {
          fitted: numbers.count(mitigation.fitted_rows),
          test: numbers.count(n),
        })}
      >
        <Pair>
          <EstimatePlot
            mark="dot"
            caption={say("remedies.caption", {
              method: title(first),
              before: numbers.format(first.before, "points"),
              after: numbers.format(first.after, "points"),
            })}
            note={
              mitigation.unchanged.length > 0
                ? say("remedies.unchanged", { groups: mitigation.unchanged.join(", ") })
                : undefined
            }
            computed={say("remedies.computed")}
            rows={methods.map((m) => ({
              label: title(m),
              estimates: [bare(m.before, n), bare(m.after, n)],
              extra: [word(`metrics.${m.gap}`)],
            }))}
            series={[say("remedies.before"), say("remedies.after")]}
            extra={[say("gaps.gap")]}
            unit="points"
            rowTitle={say("remedies.remedy")}
            valueTitle={say("remedies.gap")}
            limits={[{ kind: "reference", value: 0 }]}
          />
          <EstimatePlot
            mark="dot"
            caption={say("remedies.cost", {
              method: title(first),
              change: numbers.estimate(first.accuracy_change, "points"),
            })}
            rows={methods.map((m) => ({
              label: title(m),
              estimates: [m.accuracy_change],
              extra: [numbers.format(m.accuracy_before, "share", 1)],
            }))}
            extra={[say("remedies.accuracyBefore")]}
            unit="points"
            rowTitle={say("remedies.remedy")}
            valueTitle={say("remedies.change")}
            limits={[{ kind: "reference", value: 0 }]}
          />
        </Pair>
      </Part>
      <Part title={say("remedies.how")}>
        <Select
          label={say("remedies.remedy")}
          className="max-w-80"
          size="sm"
          options={methods.map((m) => ({ id: m.id, label: title(m) }))}
          value={method.id}
          onChange={setId}
        />
        <Rates method={method} namespace={namespace} />
        {method.rules.length > 0 && <Rules method={method} namespace={namespace} />}
        {method.weights.length > 0 && <Weights method={method} namespace={namespace} />}
      </Part>
    </>
  );
}

/** The rates of every group before and after. */
function Rates({ method, namespace }: { method: Method; namespace: string }) {
  const say = useWords(namespace);
  const [rate, setRate] = useState<RateId>("selection_rate");
  return (
    <div className="flex min-w-0 flex-col gap-3">
      <Select
        label={say("rates.choose")}
        className="max-w-80"
        size="sm"
        options={RATES.map((id) => ({ id, label: say(`rate.${id}`) }))}
        value={rate}
        onChange={setRate}
      />
      <EstimatePlot
        mark="dot"
        caption={say("remedies.rates", { rate: say(`rate.${rate}`) })}
        rows={method.groups.map((g) => ({
          label: g.group,
          estimates: g[rate].map((value) => bare(value, g.n)),
        }))}
        series={[say("remedies.before"), say("remedies.after")]}
        unit="share"
        rowTitle={say("rates.group")}
        valueTitle={say(`rate.${rate}`)}
      />
    </div>
  );
}

function Rules({ method, namespace }: { method: Method; namespace: string }) {
  const say = useWords(namespace);
  const numbers = useNumbers();
  const cut = (c: Cut) =>
    c.kind === "above"
      ? say("remedies.above", { score: numbers.format(c.score, "number") })
      : say(`remedies.${c.kind}`);
  return (
    <Table
      label={say("remedies.rules")}
      caption
      dense
      className="rounded-lg border border-line"
      rows={method.rules}
      rowKey={(r) => r.group}
      columns={[
        { id: "group", header: say("rates.group"), rowHeader: true, cell: (r) => r.group },
        { id: "first", header: say("remedies.first"), cell: (r) => cut(r.cuts[0]) },
        { id: "second", header: say("remedies.second"), cell: (r) => cut(r.cuts[1]) },
        {
          id: "mix",
          header: say("remedies.mix"),
          numeric: true,
          cell: (r) => numbers.format(r.mix, "share", 1),
        },
        {
          id: "chance",
          header: say("remedies.chance"),
          numeric: true,
          cell: (r) => numbers.format(r.ignored, "share", 1),
        },
        {
          id: "constant",
          header: say("remedies.constant"),
          numeric: true,
          cell: (r) => (r.ignored > 0 ? numbers.format(r.constant, "share", 1) : "–"),
        },
      ]}
    />
  );
}

function Weights({ method, namespace }: { method: Method; namespace: string }) {
  const say = useWords(namespace);
  const numbers = useNumbers();
  return (
    <>
      <p className="max-w-[75ch] text-sm text-ink-muted">{say("remedies.standIn")}</p>
      <Table
        label={say("remedies.weights")}
        caption
        dense
        className="rounded-lg border border-line"
        rows={method.weights}
        rowKey={(w) => `${w.group}${w.favourable}`}
        columns={[
          { id: "group", header: say("rates.group"), rowHeader: true, cell: (w) => w.group },
          {
            id: "truth",
            header: say("remedies.truth"),
            cell: (w) => say(w.favourable ? "remedies.favourable" : "remedies.unfavourable"),
          },
          { id: "n", header: say("counts.n"), numeric: true, cell: (w) => numbers.count(w.n) },
          {
            id: "weight",
            header: say("remedies.weight"),
            numeric: true,
            cell: (w) => numbers.format(w.weight, "number", 3),
          },
        ]}
      />
    </>
  );
}
