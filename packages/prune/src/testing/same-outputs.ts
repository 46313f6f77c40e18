import {
  createRandom,
  type Graph,
  inferTypes,
  type TensorMap,
  tensorNumbers,
  tensorOf,
  usersOf,
  validate,
} from '@pare/core-graph'
import { createExecutor } from '@pare/runtime'
import { expect } from 'vitest'
import { type ChannelCuts, channelGroups } from '../channels/channel-groups.ts'
import { cutChannels } from '../channels/cut-channels.ts'
import { maskChannels } from '../channels/mask-channels.ts'

const executor = createExecutor({ threads: 1 })

/** Numbers between −1 and 1 for every input, 0 or 1 where they are whole; symbols are 2. */
function randomFeeds(graph: Graph): TensorMap {
  const random = createRandom(1)
  return Object.fromEntries(
    graph.inputs.map(({ name, type }) => {
      const dims = (type?.shape ?? []).map(size => (typeof size === 'number' ? size : 2))
      const count = dims.reduce((product, size) => product * size, 1)
      if (type?.dataType === 'int64')
        return [
          name,
          { dataType: 'int64', dims, data: BigInt64Array.from({ length: count }, () => BigInt(Math.round(random()))) },
        ]
      return [
        name,
        { dataType: type?.dataType ?? 'float32', dims, data: new Float32Array(count).map(() => random() * 2 - 1) },
      ]
    }),
  )
}

/** Every output of a graph, each as numbers, as onnxruntime computes it when it rewrites nothing. */
export async function outputsOf(graph: Graph, feeds = randomFeeds(graph)): Promise<readonly number[][]> {
  await using session = await executor.open(graph, { optimize: false })
  return Object.values(await session.run(feeds)).map(({ data }) => Array.from(data as Iterable<number>, Number))
}

/** The largest difference, as a share of the largest number that is wanted. */
export function difference(got: readonly number[][], wanted: readonly number[][]): number {
  expect(got.map(output => output.length)).toEqual(wanted.map(output => output.length))
  const [all, others] = [got.flat(), wanted.flat()]
  const largest = others.reduce((most, value) => Math.max(most, Math.abs(value)), 0)
  const furthest = all.reduce((most, value, index) => Math.max(most, Math.abs(value - (others[index] ?? 0))), 0)
  return furthest / (largest || 1)
}

/** A graph whose every float is random, so that no bias or scale is one that hides a mistake; positive ones stay so. */
export function withRandomFloats(graph: Graph): Graph {
  const random = createRandom(7)
  const initializers = [...graph.initializers].map(([name, tensor]) => {
    const isSetting = usersOf(graph, name).some(({ op }) => op === 'Resize')
    if (isSetting || tensor.dataType !== 'float32' || tensor.dims.length === 0) return [name, tensor] as const
    const numbers = tensorNumbers(tensor)
    const isPositive =
      tensor.dims.length === 1 && numbers.every(value => value >= 0) && !numbers.every(value => value === 0)
    const [low, high] = isPositive ? [0.5, 1.5] : [-0.5, 0.5]
    const values = numbers.map(() => low + (high - low) * random())
    return [name, tensorOf('float32', tensor.dims, values)] as const
  })
  return { ...graph, initializers: new Map(initializers) }
}

/** Some channels of each group, by chance: none, some, or all but one. */
export function randomCuts(graph: Graph, seed: number): ChannelCuts {
  const random = createRandom(seed)
  return new Map(
    channelGroups(graph).groups.map(({ name, channels }) => {
      const share = random()
      const cut = Array.from({ length: channels }, (_, channel) => channel).filter(() => random() < share)
      return [name, cut.length === channels ? cut.slice(1) : cut]
    }),
  )
}

/**
 * That the graph without these channels is valid, of shapes that are known as well as before, and computes what the
 * masked graph does.
 */
export async function expectCutIsMasked(graph: Graph, cuts: ChannelCuts, tolerance = 1e-4): Promise<Graph> {
  const cut = cutChannels(graph, cuts)
  const masked = maskChannels(graph, cuts)
  expect(validate(cut).filter(({ severity }) => severity === 'error')).toEqual([])
  expect(validate(masked).filter(({ severity }) => severity === 'error')).toEqual([])
  expect(inferTypes(cut).unknown).toEqual([])
  for (const { value, axis, indices } of channelGroups(graph).groups.flatMap(({ values }) => values)) {
    const before = inferTypes(graph).values.get(value)?.shape?.[axis]
    const after = inferTypes(cut).values.get(value)?.shape
    if (after) expect(after[axis]).toBeLessThanOrEqual(Number(before))
    expect(indices.flat().length).toBeLessThanOrEqual(Number(before))
  }
  expect(difference(await outputsOf(cut), await outputsOf(masked))).toBeLessThan(tolerance)
  return cut
}
