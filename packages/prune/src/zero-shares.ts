import {
  createBuilder,
  DataError,
  type DataSource,
  type Executor,
  type Graph,
  graphIndex,
  type Node,
  runBatch,
  shuffledOrder,
  tensorNumbers,
  withOutputs,
} from '@pare/core-graph'
import type { ChannelGroup, ChannelValue } from './channels/channel-groups.ts'

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
  { executor, calibration: source, samples, batchSize, seed, signal }: ActivationSetup,
): Promise<ReadonlyMap<string, readonly (readonly number[])[]>> {
  const b = createBuilder(graph)
  const looked = groups.flatMap(({ name, values }) =>
    values.filter(({ value }) => isRectified(graph, value)).map(value => ({ group: name, value, share: share(value) })),
  )

  function share({ value, axis }: ChannelValue): string {
    const tensor = b.value(value)
    const axes = (tensor.shape ?? []).flatMap((_, other) => (other === axis ? [] : [other]))
    const isZero = b.Cast(b.Equal(tensor, b.scalar(0, tensor.dataType)), { to: 1 })
    return b.ReduceMean(isZero, b.ints(...axes), { keepdims: 0 }).name
  }

  if (looked.length === 0) return new Map()
  const probed = withOutputs(
    b.build(),
    looked.map(({ share }) => share),
  )
  const sums = new Map<string, Float64Array>()
  let total = 0
  await using session = await executor.open(probed)
  for await (const batch of source?.batches({
    batchSize,
    limit: samples,
    signal,
    ...shuffledOrder(source, seed),
  }) ?? [])
    for await (const { outputs, size } of runBatch(session, probed, batch)) {
      signal.throwIfAborted()
      total += size
      for (const [name, { data }] of Object.entries(outputs)) {
        const sum = sums.get(name) ?? new Float64Array(data.length)
        for (const [place, value] of data.entries()) sum[place] = (sum[place] ?? 0) + size * Number(value)
        sums.set(name, sum)
      }
    }
  if (total === 0)
    throw new DataError({
      code: 'DATA_EMPTY',
      message: 'There are no calibration samples to count zeros on.',
      hint: 'Check data.calibration: its files, and how many samples it may take.',
    })
  const shares = new Map<string, (readonly number[])[]>()
  for (const { group, value, share } of looked) {
    const sum = sums.get(share)
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
