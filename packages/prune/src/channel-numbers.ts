import { type Graph, graphIndex, halfToNumber, isFloat, type Tensor, tensorElements } from '@pare/core-graph'
import type { ChannelMember } from './channels/channel-groups.ts'

/** A weight as its layer sees it: a quantized one is dequantized. */
export function weightNumbers(
  graph: Graph,
  name: string,
): { readonly dims: readonly number[]; readonly data: Float32Array } {
  const tensor = graph.initializers.get(name)
  if (!tensor) throw new Error(`${name} is no initializer.`)
  const data = numbersOf(tensor)
  const node = graphIndex(graph)
    .users.get(name)
    ?.find(({ op, inputs }) => op === 'DequantizeLinear' && inputs[0] === name)
  const scale = graph.initializers.get(node?.inputs[1] ?? '')
  if (isFloat(tensor.dataType) || !node || !scale) return { dims: tensor.dims, data }
  const zeroPoint = graph.initializers.get(node.inputs[2] ?? '')
  const axis = scale.dims.length === 0 ? 0 : axisOf(node.attributes.axis, tensor.dims.length)
  const [scales, zeros] = [numbersOf(scale), zeroPoint && numbersOf(zeroPoint)]
  const inner = rowLength(tensor.dims, axis)
  for (const [place, level] of data.entries()) {
    const block = scales.length === 1 ? 0 : Math.floor(place / inner) % scales.length
    data[place] = (level - (zeros?.[block] ?? 0)) * (scales[block] ?? 0)
  }
  return { dims: tensor.dims, data }
}

const axisOf = (attribute: Graph['nodes'][number]['attributes'][string] | undefined, rank: number): number => {
  const axis = attribute?.kind === 'int' ? attribute.value : 1
  return axis < 0 ? axis + rank : axis
}

/** How many numbers lie at one place of an axis, side by side. */
export const rowLength = (dims: readonly number[], axis: number): number => product(dims.slice(axis + 1))

const product = (sizes: readonly number[]) => sizes.reduce((total, size) => total * size, 1)

/** In an array of its own. */
const numbersOf = (tensor: Tensor): Float32Array =>
  Float32Array.from(
    tensorElements(tensor) as Iterable<number | bigint>,
    tensor.dataType === 'float16' ? half => halfToNumber(Number(half)) : Number,
  )

/** A tensor's numbers by channel: all that lies at the channel's places along the axis. */
export function rowsOf(
  dims: readonly number[],
  data: Float32Array,
  { axis, indices }: Pick<ChannelMember, 'axis' | 'indices'>,
): readonly Float32Array[] {
  const outer = product(dims.slice(0, axis))
  const size = dims[axis] ?? 1
  const inner = rowLength(dims, axis)
  return indices.map(places => {
    const row = new Float32Array(outer * places.length * inner)
    let end = 0
    for (let block = 0; block < outer; block++)
      for (const place of places) {
        const start = (block * size + place) * inner
        row.set(data.subarray(start, start + inner), end)
        end += inner
      }
    return row
  })
}
