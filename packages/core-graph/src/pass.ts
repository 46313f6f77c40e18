import { ModelError } from './errors.ts'
import type { Graph } from './graph.ts'

/** What a pass did. `refusals` say where the rewrite matched but could not be made, and why. */
export interface PassResult {
  readonly graph: Graph
  /** Number of places that were rewritten. */
  readonly changed: number
  readonly refusals?: readonly PassRefusal[]
}

/** A node that a pass left as it was, and why. */
export interface PassRefusal {
  readonly node: string
  readonly reason: string
}

/** A rewrite of a graph that keeps what it computes. */
export interface Pass {
  /** Kebab-case, such as `fold-batch-norm`. */
  readonly id: string
  readonly description: string
  /** Properties that the graph must have, made by other passes: `opset-21`, `constants-folded`. */
  readonly requires: readonly string[]
  /** Properties that the graph has afterwards. */
  readonly ensures: readonly string[]
  /** The rewritten graph, and whether anything changed. */
  readonly run: (graph: Graph) => PassResult
}

export const definePass = (pass: Pass): Pass => Object.freeze(pass)

/** What each pass of a list did, in order. */
export interface PassReport {
  readonly pass: string
  readonly changed: number
  readonly refusals: readonly PassRefusal[]
}

/**
 * Runs passes in the given order.
 * @throws ModelError `MODEL_PASS_ORDER` when a pass requires what no earlier one ensures
 */
export function runPasses(
  graph: Graph,
  passes: readonly Pass[],
): { readonly graph: Graph; readonly reports: readonly PassReport[] } {
  const ensured = new Set<string>()
  const reports: PassReport[] = []
  let current = graph
  for (const pass of passes) {
    const missing = pass.requires.find(property => !ensured.has(property))
    if (missing !== undefined)
      throw new ModelError({
        code: 'MODEL_PASS_ORDER',
        message: `The pass ${pass.id} requires ${missing}, which no pass before it ensures.`,
        hint: 'Run a pass first that ensures it.',
      })
    const { graph: next, changed, refusals = [] } = pass.run(current)
    current = next
    reports.push({ pass: pass.id, changed, refusals })
    for (const property of pass.ensures) ensured.add(property)
  }
  return { graph: current, reports }
}
