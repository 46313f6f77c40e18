import type { ReportedRun } from './run-schema.ts'

type Fidelity = NonNullable<ReportedRun['fidelity']>['layers'][number]
type Cost = NonNullable<ReportedRun['before']['nodes']>[number]

/** A node of the float model: what it costs before and after, and how faithful the result is to what it makes. */
export interface ReportedLayer {
  /** From 1, in the order of the graph. */
  readonly number: number
  readonly node: string
  readonly op: string
  readonly before: Cost | undefined
  /** Undefined where the result has no such node. */
  readonly after: Cost | undefined
  /** Of its worst output; undefined where it could not be compared. */
  readonly fidelity: Fidelity | undefined
}

/** The float model's nodes, in the order of the graph where the result says it; those of no known cost at the end. */
export function reportedLayers({ before, after, fidelity }: ReportedRun): readonly ReportedLayer[] {
  const costs = byNode(before.nodes ?? [])
  const costsAfter = byNode(after.nodes ?? [])
  const fidelities = byNode(fidelity?.layers ?? [])
  const names = new Set([...costs.keys(), ...fidelities.keys()])
  return [...names].map((node, index) => {
    const [cost, found] = [costs.get(node), fidelities.get(node)]
    return {
      number: index + 1,
      node,
      op: cost?.op ?? found?.op ?? '',
      before: cost,
      after: costsAfter.get(node),
      fidelity: found,
    }
  })
}

/** The first of each node: fidelities come worst first. */
function byNode<Item extends { readonly node: string }>(items: readonly Item[]): ReadonlyMap<string, Item> {
  const found = new Map<string, Item>()
  for (const item of items) if (!found.has(item.node)) found.set(item.node, item)
  return found
}
