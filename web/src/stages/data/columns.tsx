import { useState } from "react";

import { Distributions, type Panel } from "@/charts/histogram";
import { useNumbers } from "@/charts/use-numbers";
import { useWords } from "@/charts/words";
import { Button } from "@/ui/Button";

import type { ColumnProfile } from "./report";

const FIRST = 15;

/** Every column as a small histogram. */
export function ColumnShapes({ columns, namespace }: { columns: ColumnProfile[]; namespace: string }) {
  const say = useWords(namespace);
  const numbers = useNumbers();
  const [all, setAll] = useState(false);
  const drawn = columns.filter((c) => c.numbers !== null || c.categories.length > 0);
  const numeric = drawn.filter((c) => c.numbers !== null);
  const outlying = numeric.filter((c) => (c.numbers?.outliers ?? 0) > 0);
  const panels: Panel[] = (all ? drawn : drawn.slice(0, FIRST)).map((c) => ({
    title: c.name,
    note: say("shapes.distinct", { n: numbers.count(c.distinct) }),
    bins: c.numbers?.histogram,
    categories: c.numbers ? undefined : c.categories,
  }));
  return (
    <div className="flex flex-col items-start gap-3 [&>figure]:w-full">
      <Distributions
        caption={say("shapes.caption", {
          numeric: numbers.count(numeric.length),
          text: numbers.count(drawn.length - numeric.length),
          outlying: numbers.count(outlying.length),
        })}
        note={say("shapes.note")}
        computed={say("shapes.computed")}
        panels={panels}
      />
      {drawn.length > FIRST && (
        <Button size="sm" onPress={() => setAll(!all)}>
          {all
            ? say("shapes.fewer", { count: numbers.count(FIRST) })
            : say("shapes.all", { count: numbers.count(drawn.length) })}
        </Button>
      )}
    </div>
  );
}
