import { useWords } from "@/charts/words";

import type { EstimatorFacts } from "./report";

interface EstimatorTreeProps {
  estimators: EstimatorFacts[];
  namespace: string;
}

interface Node extends EstimatorFacts {
  key: string;
  children: Node[];
}

/** The estimators inside the file, each with its parameters on request. */
export function EstimatorTree({ estimators, namespace }: EstimatorTreeProps) {
  const say = useWords(namespace);
  return (
    <div aria-label={say("tree.label")} role="group">
      <Branch nodes={nest(estimators)} namespace={namespace} />
    </div>
  );
}

function Branch({ nodes, namespace }: { nodes: Node[]; namespace: string }) {
  const say = useWords(namespace);
  return (
    <ul className="flex flex-col gap-1 [ul_&]:mt-1 [ul_&]:ml-2 [ul_&]:border-l [ul_&]:border-line [ul_&]:pl-4">
      {nodes.map((node) => (
        <li key={node.key} className="min-w-0 text-sm">
          <p className="flex flex-wrap items-baseline gap-x-2">
            {node.name && <span className="text-ink-muted">{node.name}</span>}
            <span className="font-mono font-medium">{node.class}</span>
          </p>
          {node.params.length > 0 && (
            <details>
              <summary className="cursor-pointer text-xs text-accent-ink">
                {say("tree.params", { count: node.params.length })}
              </summary>
              <dl className="my-1 grid max-w-2xl grid-cols-[auto_1fr] gap-x-4 gap-y-0.5 rounded-md bg-sunken px-3 py-2 font-mono text-xs">
                {node.params.map(([name, value]) => (
                  <div key={name} className="contents">
                    <dt className="text-ink-muted">{name}</dt>
                    <dd className="break-all">{value}</dd>
                  </div>
                ))}
              </dl>
            </details>
          )}
          {node.children.length > 0 && <Branch nodes={node.children} namespace={namespace} />}
        </li>
      ))}
    </ul>
  );
}

/** Depths in order of appearance to a tree. */
export function nest(estimators: EstimatorFacts[]): Node[] {
  const roots: Node[] = [];
  const path: Node[] = [];
  for (const [i, facts] of estimators.entries()) {
    const node: Node = { ...facts, key: `${i}`, children: [] };
    while (path.length > 0 && path.at(-1)!.depth >= facts.depth) path.pop();
    (path.at(-1)?.children ?? roots).push(node);
    path.push(node);
  }
  return roots;
}
