import { useNumbers } from "@/charts/use-numbers";
import { useWords } from "@/charts/words";

interface Compared {
  reference: string;
  unknown: number;
  edges: number[];
}

/** The reference group, rows left out, and where a number was cut. */
export function useRemarks({ reference, unknown, edges }: Compared, namespace: string): string {
  const say = useWords(namespace);
  const numbers = useNumbers();
  return [
    say("reference", { reference }),
    unknown > 0 ? say("unknown", { count: unknown, n: numbers.count(unknown) }) : "",
    edges.length > 0
      ? say("edges", { edges: edges.map((e) => numbers.format(e, "number")).join(" · ") })
      : "",
  ]
    .filter(Boolean)
    .join(" ");
}
