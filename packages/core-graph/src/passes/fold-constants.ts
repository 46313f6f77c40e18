import { evaluateNode } from '../evaluation/evaluate-node.ts'
import type { Graph, Node } from '../graph.ts'
import { graphIndex, useCount } from '../graph-index.ts'
import { inferTypes } from '../infer.ts'
import type { Inferred } from '../operator.ts'
import { definePass, type PassRefusal, type PassResult } from '../pass.ts'
import { elementCount, type Tensor, tensorByteLength, tensorOf } from '../tensor.ts'

/** A constant of up to so many bytes is folded even where that makes the file larger. */
const smallBytes = 1024

/**
 * Nodes whose result is known become initializers of the same name: Constant, arithmetic on shapes and weights, and
 * integers that follow from known shapes. Nothing is folded that would make the file larger by more than 1 KB
 * (an expanded constant, a transposed copy of a shared weight), and bodies are left as they are.
 *
 *     s = Shape(x); h = Gather(s, [2]); y = Reshape(x, h)   →   y = Reshape(x, h)      (x:[1,3,8,8], h = [8] an initializer)
 */
export const foldConstants = definePass({
  id: 'fold-constants',
  description: 'Compute what is known before the model runs: constants, arithmetic on shapes and weights.',
  requires: ['opset-21'],
  ensures: ['constants-folded'],
  run: graph => {
    let current: PassResult = { graph, changed: 0 }
    let changed = 0
    // A shape that becomes constant may make more shapes known.
    do {
      current = foldOnce(current.graph)
      changed += current.changed
    } while (current.changed > 0)
    return { ...current, changed }
  },
})

function foldOnce(graph: Graph): PassResult {
  const { values } = inferTypes(graph)
  const { outputs } = graphIndex(graph)
  const initializers = new Map(graph.initializers)
  const nodes: Node[] = []
  const refusals: PassRefusal[] = []
  for (const node of graph.nodes) {
    const results = resultsOf(node, values, initializers)
    const reason =
      results &&
      (node.outputs.some(output => outputs.has(output))
        ? 'its value is an output of the model'
        : growth(node, results, graph, initializers))
    if (reason) refusals.push({ node: node.name, reason })
    if (!results || reason) {
      nodes.push(node)
      continue
    }
    for (const [index, result] of results.entries()) {
      const name = node.outputs[index]
      if (name) initializers.set(name, result)
    }
  }
  const changed = graph.nodes.length - nodes.length
  return { graph: changed === 0 ? graph : { ...graph, nodes, initializers }, changed, refusals }
}

function resultsOf(
  node: Node,
  values: ReadonlyMap<string, Inferred>,
  constants: ReadonlyMap<string, Tensor>,
): readonly Tensor[] | undefined {
  const known = node.outputs.map(output => knownValue(values.get(output)))
  if (known.every(tensor => tensor !== undefined)) return known
  const result = evaluateNode(node, name => constants.get(name))
  return result && [result]
}

/** What inference already knows of a value: its constant, or every element of a small integer tensor. */
function knownValue(value: Inferred | undefined): Tensor | undefined {
  if (value?.constant) return value.constant
  const { dataType, shape, elements } = value ?? {}
  if (!dataType || !elements?.every(element => typeof element === 'number')) return undefined
  const dims = shape?.length === 0 ? [] : [elements.length]
  return elementCount(dims) === elements.length ? tensorOf(dataType, dims, elements) : undefined
}

/** Why a result is too large to keep; inputs that nobody else reads make room for it. */
function growth(
  node: Node,
  results: readonly Tensor[],
  graph: Graph,
  constants: ReadonlyMap<string, Tensor>,
): string | undefined {
  // A Constant only moves from its attribute to the initializers.
  if (node.inputs.length === 0) return undefined
  const bytes = results.reduce((sum, result) => sum + tensorByteLength(result), 0)
  if (bytes <= smallBytes) return undefined
  const freed = [...new Set(node.inputs)]
    .filter(name => useCount(graph, name) === 1)
    .reduce((sum, name) => sum + byteLengthOf(constants.get(name)), 0)
  return bytes > freed ? `its value of ${bytes} bytes would make the file larger` : undefined
}

const byteLengthOf = (tensor: Tensor | undefined) => (tensor ? tensorByteLength(tensor) : 0)
