import { type DataSource, type Graph, readsOf, usersOf } from '@pare/core-graph'
import { rowLength } from '../channel-numbers.ts'
import type { ChannelGroup, ChannelValue } from '../channels/channel-groups.ts'

/**
 * The kept values in which zeros do what a mask does: all that reads the group's channels reads them there, and nothing
 * else does. Undefined where that is not so, as where they are added to others first: then the weights are masked.
 * @param given names of the values that are kept
 */
export function maskableValues(
  graph: Graph,
  masked: Graph,
  group: ChannelGroup,
  given: readonly string[],
): readonly ChannelValue[] | undefined {
  if (masked.nodes.length !== graph.nodes.length) return undefined
  const changed = new Set(
    graph.nodes.filter((node, place) => {
      const other = masked.nodes[place]
      return (
        other !== node || readsOf(node).some(name => graph.initializers.get(name) !== masked.initializers.get(name))
      )
    }),
  )
  const held = group.values.filter(({ value }) => given.includes(value))
  const names = new Set(held.map(({ value }) => value))
  const reads = (node: Graph['nodes'][number]) => node.inputs.some(name => names.has(name))
  const places = new Map(graph.nodes.map((node, place) => [node, place]))
  const first = Math.min(...[...changed].map(node => places.get(node) ?? 0))
  const readers = held.flatMap(({ value }) => usersOf(graph, value).filter(node => (places.get(node) ?? 0) >= first))
  return [...changed].every(reads) && readers.every(node => changed.has(node)) ? held : undefined
}

/** A source in whose batches some channels are zero. */
export const withZeros = (
  source: DataSource,
  values: readonly ChannelValue[],
  channels: readonly number[],
): DataSource => ({
  ...source,
  batches: async function* (options) {
    for await (const batch of source.batches(options)) {
      for (const { value, axis, indices } of values) {
        const tensor = batch.inputs[value]
        if (!(tensor?.data instanceof Float32Array)) continue
        const size = tensor.dims[axis] ?? 1
        const inner = rowLength(tensor.dims, axis)
        for (let block = 0; block < tensor.data.length; block += size * inner)
          for (const channel of channels)
            for (const place of indices[channel] ?? [])
              tensor.data.fill(0, block + place * inner, block + (place + 1) * inner)
      }
      yield batch
    }
  },
})
