import {
  type ChannelReduction,
  channelReductions,
  DataError,
  type DataSource,
  type Executor,
  type Graph,
  graphIndex,
  type Node,
  tensorNumbers,
} from '@pare/core-graph'
import type { ChannelGroup } from './channels/channel-groups.ts'

/** What activations are looked at with. */
export interface ActivationSetup {
  readonly executor: Executor
  readonly calibration?: DataSource
  readonly samples: number
  readonly batchSize: number
  readonly seed: number
  readonly signal: AbortSignal
}

/**
 * For each rectified value of each group, the share of zeros of each channel; a group without such a value is left out.
 * @throws DataError `DATA_EMPTY` without samples
 */
export async function zeroShares(
  graph: Graph,
  groups: readonly ChannelGroup[],
  { calibration: source, ...setup }: ActivationSetup,
): Promise<ReadonlyMap<string, readonly (readonly number[])[]>> {
  const looked = groups.flatMap(({ name, values }) =>
    values.filter(({ value }) => isRectified(graph, value)).map(value => ({ group: name, value })),
  )
  if (looked.length === 0) return new Map()
  const reductions = looked.map(
    ({ value: { value, axis } }): ChannelReduction => ({
      value,
      axis,
      reduce: (b, tensor, others) =>
        b.ReduceMean(b.Cast(b.Equal(tensor, b.scalar(0, tensor.dataType)), { to: 1 }), others, { keepdims: 0 }),
    }),
  )
  const sums = looked.map((): number[] => [])
  let total = 0
  const runs = source ? channelReductions(graph, reductions, { source, ...setup }) : []
  for await (const { size, numbers } of runs) {
    total += size
    for (const [index, shares] of numbers.entries())
      sums[index] = shares.map((share, place) => (sums[index]?.[place] ?? 0) + size * share)
  }
  if (total === 0)
    throw new DataError({
      code: 'DATA_EMPTY',
      message: 'There are no calibration samples to count zeros on.',
      hint: 'Check data.calibration: its files, and how many samples it may take.',
    })
  const shares = new Map<string, (readonly number[])[]>()
  for (const [index, { group, value }] of looked.entries()) {
    const sum = sums[index]
    const own = value.indices.map(
      places => places.reduce((all, place) => all + (sum?.[place] ?? 0), 0) / places.length / total,
    )
    shares.set(group, [...(shares.get(group) ?? []), own])
  }
  return shares
}

/** Whether what is below zero was made zero. */
function isRectified(graph: Graph, value: string): boolean {
  const node = graphIndex(graph).producer.get(value)
  return node?.op === 'Relu' || (node?.op === 'Clip' && leastOf(graph, node) === 0)
}

function leastOf(graph: Graph, { inputs }: Node): number | undefined {
  const least = graph.initializers.get(inputs[1] ?? '')
  return least && tensorNumbers(least)[0]
}
