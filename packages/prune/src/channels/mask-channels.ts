import {
  createRewriter,
  elementCount,
  type Graph,
  graphIndex,
  inferTypes,
  type Node,
  newTypedArray,
  numberToHalf,
  type Tensor,
  tensorBytes,
  tensorElements,
  tensorNumbers,
  tensorOf,
  usersOf,
} from '@pare/core-graph'
import type { ChannelCuts } from './channel-groups.ts'
import { channelPlan } from './channel-plan.ts'
import { chosenChannels } from './chosen-channels.ts'

/**
 * The graph as it stands, computing what it would without some of its channels: where weights read them, these are zero
 * there, and where two activations are multiplied (the queries and keys of attention), one is multiplied by zeros. No
 * shape changes, and without attention no node: only the weights that read.
 * @throws RecipeError `RECIPE_GROUP`, `RECIPE_CHANNEL` as `cutChannels`
 */
export function maskChannels(graph: Graph, cuts: ChannelCuts): Graph {
  const chosen = chosenChannels(graph, cuts)
  if (chosen.length === 0) return graph
  const initializers = new Map(graph.initializers)
  for (const { group, channels } of chosen)
    for (const { tensor: name, axis, role, indices } of group.members) {
      const tensor = role === 'reads' ? initializers.get(name) : undefined
      const places = channels.flatMap(channel => indices[channel] ?? [])
      if (tensor) initializers.set(name, withoutReading(graph, name, tensor, axis, places))
    }
  const masked = maskedReads(graph, chosen)
  const result = { ...graph, initializers }
  return masked.length > 0 ? withMasks(result, masked) : result
}

interface Masked {
  readonly node: Node
  readonly value: string
  readonly axis: number
  readonly places: readonly number[]
}

function maskedReads(graph: Graph, chosen: ReturnType<typeof chosenChannels>): readonly Masked[] {
  return channelPlan(graph).masked.flatMap(read => {
    const places = chosen.flatMap(({ group, channels }) =>
      group.values
        .filter(({ value, axis }) => value === read.value && axis === read.axis)
        .flatMap(({ indices }) => channels.flatMap(channel => indices[channel] ?? [])),
    )
    return places.length > 0 ? [{ ...read, places }] : []
  })
}

/** Puts a multiplication by zeros and ones before each node that sums over what is masked. */
function withMasks(graph: Graph, masked: readonly Masked[]): Graph {
  const { values } = inferTypes(graph)
  const b = createRewriter(graph)
  for (const node of graph.nodes) {
    const names = new Map<string, string>()
    for (const { value: name, axis, places } of masked.filter(read => read.node === node)) {
      const { shape = [], dataType = 'float32' } = values.get(name) ?? {}
      const dims = shape.map((size, other) => (other === axis ? Number(size) : 1))
      const ones = newTypedArray(dataType, elementCount(dims)).fill(oneOf(dataType) as never)
      for (const place of places) ones[place] = 0
      const mask = b.initializer(`${node.name}/mask`, tensorOf(dataType, dims, ones))
      names.set(name, b.Mul(b.value(names.get(name) ?? name), mask).name)
    }
    b.add(names.size > 0 ? { ...node, inputs: node.inputs.map(name => names.get(name) ?? name) } : node)
  }
  return b.build()
}

const oneOf = (dataType: string) => (dataType === 'float16' ? numberToHalf(1) : dataType === 'bfloat16' ? 0x3f80 : 1)

/** A weight that reads nothing at some places of an axis: zeros, or the zero point where it is quantized. */
function withoutReading(graph: Graph, name: string, tensor: Tensor, axis: number, places: readonly number[]): Tensor {
  const { dims, dataType } = tensor
  // Not slice(), which copies nothing where the bytes are a Node Buffer.
  const elements = tensorElements({ ...tensor, storage: { kind: 'bytes', bytes: new Uint8Array(tensorBytes(tensor)) } })
  const zeroAt = zeroPoints(graph, name, dims)
  const outer = elementCount(dims.slice(0, axis))
  const inner = elementCount(dims.slice(axis + 1))
  const size = dims[axis] ?? 0
  for (let block = 0; block < outer; block++)
    for (const place of places) {
      const start = (block * size + place) * inner
      for (let index = start; index < start + inner; index++) elements[index] = zeroAt(index) as never
    }
  return tensorOf(dataType, dims, elements)
}

/** What stands for zero at each place of an initializer. */
function zeroPoints(graph: Graph, name: string, dims: readonly number[]): (index: number) => number {
  const reader = usersOf(graph, name).find(({ op, inputs }) => op === 'DequantizeLinear' && inputs[0] === name)
  const source = reader?.inputs[2] ?? ''
  const tensor = graph.initializers.get(source) ?? inferTypes(graph).values.get(source)?.constant
  if (!reader || !tensor || graphIndex(graph).producer.has(name)) return () => 0
  const points = tensorNumbers(tensor)
  const given = reader.attributes.axis?.kind === 'int' ? reader.attributes.axis.value : 1
  const along = given < 0 ? given + dims.length : given
  const inner = elementCount(dims.slice(along + 1))
  return index => (points.length > 1 ? points[Math.floor(index / inner) % (dims[along] ?? 1)] : points[0]) ?? 0
}
