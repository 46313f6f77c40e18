import { ModelError } from './errors.ts'
import { freshNames } from './fresh-names.ts'
import { type Graph, type GraphBody, type Node, opsetOf, readsOf, valuesOf } from './graph.ts'
import { mapBodies } from './graph-edit.ts'
import { inferNode, inferredConstant } from './infer.ts'
import { inlineFunctions } from './inline-functions.ts'
import type { Inferred } from './operator.ts'
import { compatibleChanges, refusedChanges } from './opset/changes.ts'
import type { Upgrade, UpgradeContext } from './opset/upgrade.ts'
import { tensorOf } from './tensor.ts'
import { upgrades } from './upgrades/registry.ts'

/**
 * Brings a graph to a newer version of ONNX's own operator set, at every level, computing the same. A graph that is
 * there already, or newer, stays as it is; other domains are not touched. Functions of the model are inlined before,
 * also in a graph that is new enough.
 *
 * Each change of an operator in between is either known to keep the meaning of an older node (`compatibleChanges`),
 * or rewritten by a rule, or an error: nothing is guessed.
 *
 * @throws ModelError `MODEL_UPGRADE` naming the node and what stands in the way, `MODEL_FUNCTION`
 */
export const upgradeOpset = (graph: Graph, version = 21): Graph => upgrade(graph, version).graph

/**
 * `upgradeOpset`, with the number of nodes that were rewritten.
 * @param tolerant go on where shapes do not go together, for whoever judges them afterwards
 */
export function upgrade(
  graph: Graph,
  target: number,
  tolerant = false,
): { readonly graph: Graph; readonly changed: number } {
  // A function's body is of the model's operator set too (ONNX IR, "Functions").
  const inlined = inlineFunctions(graph)
  const from = opsetOf(inlined.graph)
  if (!inlined.graph.opsets.has('') || from >= target) return inlined
  const run: Run = { from, target, tolerant, fresh: freshNames(inlined.graph), changed: inlined.changed }
  const body = upgradeBody(inlined.graph, new Map(), run)
  return { graph: { ...body, opsets: new Map(body.opsets).set('', target) }, changed: run.changed }
}

interface Run {
  readonly from: number
  readonly target: number
  readonly tolerant: boolean
  readonly fresh: (name: string) => string
  changed: number
}

function upgradeBody<Body extends GraphBody>(body: Body, around: ReadonlyMap<string, Inferred>, run: Run): Body {
  const values = new Map(around)
  for (const name of valuesOf(body)) values.delete(name)
  for (const input of body.inputs) if (input.type) values.set(input.name, input.type)
  for (const [name, tensor] of body.initializers) values.set(name, inferredConstant(tensor))
  const initializers = new Map(body.initializers)
  const read = readNames(body)
  const context: UpgradeContext = {
    typeOf: name => values.get(name),
    constant: (name, dataType, dims, data) => {
      const free = run.fresh(name)
      const tensor = tensorOf(dataType, dims, data)
      initializers.set(free, tensor)
      values.set(free, inferredConstant(tensor))
      return free
    },
    fresh: run.fresh,
    isRead: name => read.has(name),
  }
  const nodes = body.nodes.flatMap(node => {
    const upgraded = upgradeNode(node, run.from, context, run)
    if (upgraded.length !== 1 || upgraded[0] !== node) run.changed++
    return upgraded.map(made => {
      const attributes = mapBodies(made, inner => upgradeBody(inner, values, run))
      const complete = attributes === made.attributes ? made : { ...made, attributes }
      inferInto(values, complete, body, run.tolerant)
      return complete
    })
  })
  return { ...body, nodes, initializers }
}

/** Types for the rules, as each node is done: shape rules describe the newest form, so a graph cannot be inferred before. */
function inferInto(values: Map<string, Inferred>, node: Node, body: GraphBody, tolerant: boolean): void {
  try {
    if (inferNode(node, values) === undefined) return
  } catch (error) {
    if (!tolerant || !(error instanceof ModelError)) throw error
  }
  for (const output of node.outputs) {
    const type = body.valueInfo.get(output)?.type ?? body.outputs.find(({ name }) => name === output)?.type
    if (type) values.set(output, type)
  }
}

const readNames = (body: GraphBody): ReadonlySet<string> =>
  new Set([...body.nodes.flatMap(readsOf), ...body.outputs.map(output => output.name)])

const rules: readonly Upgrade[] = Object.values(upgrades)

function upgradeNode(node: Node, version: number, context: UpgradeContext, run: Run): readonly Node[] {
  if (node.domain !== '') return [node]
  const rule = rules
    .filter(({ ops, version: at }) => ops.includes(node.op) && at > version && at <= run.target)
    .toSorted((a, b) => a.version - b.version)[0]
  checkKnown(node, version, rule ? rule.version - 1 : run.target)
  if (!rule) return [node]
  const rewritten = rule.rewrite(node, context)
  if ('refused' in rewritten) throw upgradeError(node, rule.version, rewritten.refused)
  return rewritten.flatMap(made => upgradeNode(made, rule.version, context, run))
}

/** That every change of the operator after `from`, up to `to`, is one that keeps the meaning of an older node. */
function checkKnown(node: Node, from: number, to: number): void {
  const refused = refusedChanges.get(node.op)
  if (refused && refused.version > from && refused.version <= to)
    throw upgradeError(node, refused.version, refused.reason)
  if (compatibleChanges.has(node.op) || rules.some(({ ops }) => ops.includes(node.op))) return
  throw upgradeError(node, to, 'Pare does not know how this operator changed')
}

const upgradeError = (node: Node, version: number, reason: string) =>
  new ModelError({
    code: 'MODEL_UPGRADE',
    message: `Node ${node.name} (${node.op}) cannot be brought to operator set ${version}: ${reason}.`,
    hint: `Export the model with operator set ${version} or newer (opset_version in most exporters).`,
    node,
  })
