import { ModelError } from '../errors.ts'
import { bodiesOf, type Graph, type GraphBody, type Node, valuesOf } from '../graph.ts'
import { inferNode, inferredConstant } from '../infer.ts'
import { inlineFunctions } from '../inline-functions.ts'
import type { Inferred } from '../operator.ts'
import { upgrade } from '../upgrade-opset.ts'

/** A graph or body, with what is known of every value that it sees. */
export interface InferredBody {
  readonly body: GraphBody
  readonly values: ReadonlyMap<string, Inferred>
}

/** Types and shapes of a whole model, as far as they follow: an invalid node stops nothing but what depends on it. */
export interface Inference {
  /** Of the model upgraded to operator set 21, which the shape rules describe; values keep their names. */
  readonly bodies: readonly InferredBody[]
  readonly failures: readonly { readonly node: Node; readonly error: ModelError }[]
  /** Why the model could not be upgraded. Nothing is known then but inputs and initializers. */
  readonly notUpgraded: ModelError | undefined
}

/** Infers what can be inferred, in every body. */
export function inferAll(graph: Graph): Inference {
  const bodies: InferredBody[] = []
  const failures: Inference['failures'][number][] = []
  const upgraded = upgradedOr(graph)
  const enter = (body: GraphBody, around: ReadonlyMap<string, Inferred>) => {
    const values = new Map(around)
    for (const name of valuesOf(body)) values.delete(name)
    for (const { name, type } of body.inputs) if (type) values.set(name, type)
    for (const [name, tensor] of body.initializers) values.set(name, inferredConstant(tensor))
    bodies.push({ body, values })
    const stated = new Map([...body.outputs.map(output => [output.name, output] as const), ...body.valueInfo])
    for (const node of upgraded instanceof ModelError ? [] : body.nodes) {
      const failure = attempt(node, values)
      if (failure) failures.push({ node, error: failure })
      for (const inner of bodiesOf(node)) enter(inner, values)
      for (const name of node.outputs) {
        const type = stated.get(name)?.type
        if (name && type && !values.has(name)) values.set(name, type)
      }
    }
  }
  enter(upgraded instanceof ModelError ? graph : upgraded, new Map())
  return { bodies, failures, notUpgraded: upgraded instanceof ModelError ? upgraded : undefined }
}

function upgradedOr(graph: Graph): Graph | ModelError {
  try {
    return upgrade(inlineFunctions(graph).graph, 21, true).graph
  } catch (error) {
    if (error instanceof ModelError) return error
    throw error
  }
}

function attempt(node: Node, values: Map<string, Inferred>): ModelError | undefined {
  try {
    inferNode(node, values)
    return undefined
  } catch (error) {
    if (error instanceof ModelError) return error
    throw error
  }
}
