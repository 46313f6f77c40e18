import { byteLength } from '../data-type.ts'
import { evaluateNode, isEvaluable } from '../evaluation/evaluate-node.ts'
import type { Dimension, Graph, Node } from '../graph.ts'
import { graphIndex, useCount } from '../graph-index.ts'
import { inferTypes } from '../infer.ts'
import { type Inferred, isKnown } from '../operator.ts'
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
  const initializers = new Map(graph.initializers)
  const nodes: Node[] = []
  const refusals: PassRefusal[] = []
  for (const node of graph.nodes) {
    const results = resultsOf(node, graph, values, initializers)
    if (typeof results === 'string') refusals.push({ node: node.name, reason: results })
    if (!results || typeof results === 'string') {
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

/** A node's results; a string says why they are not to be had, undefined that they are not known. */
function resultsOf(
  node: Node,
  graph: Graph,
  values: ReadonlyMap<string, Inferred>,
  constants: ReadonlyMap<string, Tensor>,
): readonly Tensor[] | string | undefined {
  const types = node.outputs.map(output => values.get(output))
  const known = types.map(knownValue)
  const inferred = known.every(tensor => tensor !== undefined) ? known : undefined
  if (!inferred && !isEvaluable(node, name => constants.has(name))) return undefined
  // Sizes come before values: a small file may ask for a tensor of terabytes. Inputs of this round tell them in the next.
  const bytes = sizeOf(types)
  if (bytes === undefined) return undefined
  const { outputs } = graphIndex(graph)
  if (node.outputs.some(output => outputs.has(output))) return 'its value is an output of the model'
  const reason = growth(node, bytes, graph, constants)
  if (reason !== undefined || inferred) return reason ?? inferred
  const result = evaluateNode(node, name => constants.get(name))
  return result && [result]
}

/** In bytes; undefined where a shape is not known. */
function sizeOf(types: readonly (Inferred | undefined)[]): number | undefined {
  let bytes = 0
  for (const type of types) {
    if (!type || !isKnown(type.shape)) return undefined
    bytes += byteLength(type.dataType, elementCount(type.shape))
  }
  return bytes
}

/** What inference already knows of a value: its constant, or every element of a small integer tensor. */
function knownValue(value: Inferred | undefined): Tensor | undefined {
  if (value?.constant) return value.constant
  const { dataType, shape, elements } = value ?? {}
  // Inference reckons in numbers, which are exact up to 2^53 only.
  if (!dataType || !elements?.every(isExact)) return undefined
  const dims = shape?.length === 0 ? [] : [elements.length]
  return elementCount(dims) === elements.length ? tensorOf(dataType, dims, elements) : undefined
}

const isExact = (element: Dimension): element is number => Number.isSafeInteger(element)

/** Why a result is too large to keep; inputs that nobody else reads make room for it. */
function growth(node: Node, bytes: number, graph: Graph, constants: ReadonlyMap<string, Tensor>): string | undefined {
  // A Constant only moves from its attribute to the initializers.
  if (node.inputs.length === 0) return undefined
  if (bytes <= smallBytes) return undefined
  const freed = [...new Set(node.inputs)]
    .filter(name => useCount(graph, name) === 1)
    .reduce((sum, name) => sum + byteLengthOf(constants.get(name)), 0)
  return bytes > freed ? `its value of ${bytes} bytes would make the file larger` : undefined
}

const byteLengthOf = (tensor: Tensor | undefined) => (tensor ? tensorByteLength(tensor) : 0)
