import {
  type Dimension,
  type Graph,
  inferTypes,
  type Node,
  operatorOf,
  readAttributes,
  type Shape,
  type Tensor,
  tensorNumbers,
  tensorOf,
  usersOf,
  type ValueInfo,
} from '@pare/core-graph'
import type { CutContext, NodeCut } from '../rule.ts'
import type { ChannelCuts } from './channel-groups.ts'
import { channelPlan, ruleOf } from './channel-plan.ts'
import { chosenChannels } from './chosen-channels.ts'
import { takePlaces } from './take-places.ts'
import { withoutOrphans } from './without-orphans.ts'

/**
 * The graph without some of its channels: weights, biases and statistics without their places, and what else says how
 * many channels there are (`group`, the shape of a Reshape, the parts of a Split). Names of nodes, values and initializers
 * stay; tensors whose channels all stay are shared with the graph.
 * @throws RecipeError `RECIPE_GROUP`, `RECIPE_CHANNEL` for a group or channel that is not there, or for all of a group
 */
export function cutChannels(graph: Graph, cuts: ChannelCuts): Graph {
  const places = placesLeft(graph, cuts)
  if (places.size === 0) return graph
  const sizeOf = (name: string, axis: number, size: Dimension): Dimension => places.get(name)?.get(axis)?.length ?? size
  const shapeAfter = (name: string, shape: Shape): Shape => shape.map((size, axis) => sizeOf(name, axis, size))
  const initializers = new Map(graph.initializers)
  for (const [name, axes] of places) {
    const tensor = initializers.get(name)
    if (tensor)
      initializers.set(
        name,
        [...axes].reduce((cut, [axis, left]) => takePlaces(cut, axis, left), tensor),
      )
  }
  const edits = graph.nodes.map(node => [node, nodeCut(graph, node, places, shapeAfter)] as const)
  const numbers = numberInputs(graph, initializers, edits)
  const nodes = edits.map(([node, cut]) => editedNode(node, cut, numbers.get(node)))
  const valueInfo = new Map([...graph.valueInfo].map(([name, info]) => [name, annotated(info, shapeAfter)]))
  const cut = { ...graph, nodes, initializers, valueInfo }
  // What computed a shape that is stated now is read by nothing any more.
  const replaced = [...numbers].flatMap(([node, names]) => [...names.keys()].map(index => node.inputs[index] ?? ''))
  return withoutOrphans(cut, replaced)
}

/** By value and axis: the places that are left, where some go. */
type PlacesLeft = ReadonlyMap<string, ReadonlyMap<number, readonly number[]>>

function placesLeft(graph: Graph, cuts: ChannelCuts): PlacesLeft {
  const { atoms, labels } = channelPlan(graph)
  const left = new Map<string, Map<number, readonly number[]>>()
  const chosen = chosenChannels(graph, cuts)
  if (chosen.length === 0) return left
  const isGone = new Uint8Array(atoms.count())
  for (const { group, channels } of chosen)
    for (const { tensor, axis, indices } of group.members.slice(0, 1))
      for (const channel of channels) isGone[labels.get(tensor)?.[axis]?.atoms[indices[channel]?.[0] ?? 0] ?? 0] = 1
  for (const [name, axes] of labels)
    for (const [axis, item] of axes.entries()) {
      if (!item?.atoms.some(atom => isGone[atom] === 1)) continue
      const places = [...item.atoms.keys()].filter(place => isGone[item.atoms[place] ?? 0] !== 1)
      const own = left.get(name) ?? new Map()
      left.set(name, own.set(axis, places))
    }
  return left
}

/** What a node's rule changes, where the channels of what it reads or makes are cut. */
function nodeCut(
  graph: Graph,
  node: Node,
  places: PlacesLeft,
  shapeAfter: (name: string, shape: Shape) => Shape,
): NodeCut {
  const rule = ruleOf(node)
  if (!rule?.cut || ![...node.inputs, ...node.outputs].some(name => places.has(name))) return {}
  const { values } = inferTypes(graph)
  const inputs = channelPlan(graph).inputsOf(node)
  const context: CutContext = {
    shapeOf: ({ name, shape }) => shapeAfter(name, shape),
    outputs: node.outputs.map(name => {
      const before = values.get(name)?.shape ?? []
      return { before, after: shapeAfter(name, before) }
    }),
    kept: ({ name, shape }, axis) =>
      places.get(name)?.get(axis) ?? Array.from({ length: Number(shape[axis]) || 0 }, (_, place) => place),
  }
  return rule.cut(inputs, readAttributes(node, operatorOf(node)?.attributes ?? {}), context)
}

/**
 * Stores the numbers that nodes read where they differ from those that they read so far: under the name of an initializer
 * that nobody else reads, else under a new name. Gives the names by node and place of the input.
 */
function numberInputs(
  graph: Graph,
  initializers: Map<string, Tensor>,
  edits: readonly (readonly [Node, NodeCut])[],
): ReadonlyMap<Node, ReadonlyMap<number, string>> {
  const { values } = inferTypes(graph)
  const named = new Map<Node, Map<number, string>>()
  for (const [node, { inputs = {} }] of edits)
    for (const [input, numbers] of Object.entries(inputs)) {
      const index = operatorOf(node)?.inputs.findIndex(spec => spec.replace('?', '') === input) ?? 0
      const old = node.inputs[index] ?? ''
      const known = values.get(old)
      if (known?.constant && String(tensorNumbers(known.constant)) === String(numbers)) continue
      const isOwn = initializers.has(old) && usersOf(graph, old).length === 1 && count(node.inputs, old) === 1
      const name = isOwn ? old : freeName(graph, initializers, `${node.name}/${input}`)
      initializers.set(name, tensorOf(known?.dataType ?? 'int64', [numbers.length], numbers))
      const own = named.get(node) ?? new Map()
      named.set(node, own.set(index, name))
    }
  return named
}

const count = (names: readonly string[], name: string) => names.filter(other => other === name).length

function freeName(graph: Graph, initializers: ReadonlyMap<string, Tensor>, wished: string): string {
  const { values } = inferTypes(graph)
  for (let number = 0; ; number++) {
    const name = number === 0 ? wished : `${wished}_${number}`
    if (!initializers.has(name) && !values.has(name) && !graph.nodes.some(({ outputs }) => outputs.includes(name)))
      return name
  }
}

function editedNode(node: Node, { attributes }: NodeCut, inputs: ReadonlyMap<number, string> | undefined): Node {
  if (!attributes && !inputs) return node
  const length = Math.max(node.inputs.length, ...[...(inputs?.keys() ?? [])].map(index => index + 1))
  const changed = { ...node.attributes, ...attributes }
  return {
    ...node,
    inputs: Array.from({ length }, (_, index) => inputs?.get(index) ?? node.inputs[index] ?? ''),
    attributes: Object.fromEntries(
      Object.entries(changed).flatMap(([name, attribute]) => (attribute ? [[name, attribute]] : [])),
    ),
  }
}

const annotated = (info: ValueInfo, shapeAfter: (name: string, shape: Shape) => Shape): ValueInfo => {
  const { name, type } = info
  const shape = type?.shape && shapeAfter(name, type.shape)
  return shape && String(shape) !== String(type.shape) ? { ...info, type: { ...type, shape } } : info
}
