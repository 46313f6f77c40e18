import { type GraphBody, type Node, readsOf } from '../graph.ts'
import { mapBodies } from '../graph-edit.ts'
import { definePass } from '../pass.ts'

/**
 * What leads to no output is dropped: nodes, initializers, and claims about values that are gone; in bodies too.
 *
 *     y = Relu(x); z = Conv(x, w)   →   y = Relu(x)          (output y)
 *
 * Inputs of the model stay, read or not: they are its interface.
 */
export const removeDeadCode = definePass({
  id: 'remove-dead-code',
  description: 'Drop nodes, initializers and value annotations that no output depends on.',
  requires: [],
  ensures: ['no-dead-code'],
  run: graph => {
    const { body, removed } = withoutDeadCode(graph)
    return { graph: body, changed: removed }
  },
})

function withoutDeadCode<Body extends GraphBody>(body: Body): { readonly body: Body; readonly removed: number } {
  const live = new Set(body.outputs.map(output => output.name))
  const nodes: Node[] = []
  let removed = 0
  for (const node of body.nodes.toReversed()) {
    if (!node.outputs.some(output => live.has(output))) {
      removed++
      continue
    }
    const attributes = mapBodies(node, inner => {
      const cleaned = withoutDeadCode(inner)
      removed += cleaned.removed
      return cleaned.body
    })
    const kept = attributes === node.attributes ? node : { ...node, attributes }
    for (const name of readsOf(kept)) live.add(name)
    nodes.push(kept)
  }
  nodes.reverse()
  const initializers = new Map([...body.initializers].filter(([name]) => live.has(name)))
  const known = new Set([
    ...body.inputs.map(input => input.name),
    ...initializers.keys(),
    ...nodes.flatMap(node => node.outputs),
  ])
  const valueInfo = new Map([...body.valueInfo].filter(([name]) => known.has(name)))
  removed += body.initializers.size - initializers.size + body.valueInfo.size - valueInfo.size
  return { body: removed === 0 ? body : { ...body, nodes, initializers, valueInfo }, removed }
}
