import { expect } from 'vitest'
import type { Graph } from '../graph.ts'
import type { TensorMap } from '../ports.ts'
import { createRandom } from '../random.ts'
import { newTypedArray } from '../tensor.ts'
import { runInOnnxruntime } from './run-in-onnxruntime.ts'

/** Random feeds for a graph's inputs, whose shapes must be numbers. */
export function randomFeeds(graph: Graph, seed = 1): TensorMap {
  const random = createRandom(seed)
  return Object.fromEntries(
    graph.inputs.map(({ name, type }) => {
      const dims = (type?.shape ?? []).map(Number)
      const data = newTypedArray(
        type?.dataType ?? 'float32',
        dims.reduce((product, size) => product * size, 1),
      )
      const wide = data instanceof BigInt64Array || data instanceof BigUint64Array
      for (const index of data.keys()) {
        const value = random() * 4 - 2
        data[index] = (wide ? BigInt(Math.trunc(Math.abs(value))) : value) as never
      }
      return [name, { dataType: type?.dataType ?? 'float32', dims, data }]
    }),
  )
}

/**
 * That onnxruntime computes the same from both graphs: bit for bit, or within `tolerance` of each output's largest magnitude.
 */
export async function expectSameOutputs(
  before: Graph,
  after: Graph,
  { feeds = randomFeeds(before), tolerance = 0 }: { readonly feeds?: TensorMap; readonly tolerance?: number } = {},
): Promise<void> {
  const [expected, actual] = await Promise.all([runInOnnxruntime(before, feeds), runInOnnxruntime(after, feeds)])
  expect(Object.keys(actual)).toEqual(Object.keys(expected))
  for (const [name, wanted] of Object.entries(expected)) {
    const got = actual[name]
    expect({ name, type: got?.dataType, dims: got?.dims }).toEqual({ name, type: wanted.dataType, dims: wanted.dims })
    if (tolerance === 0) expect(got?.data).toEqual(wanted.data)
    else expect(largestDifference(got?.data, wanted.data)).toBeLessThanOrEqual(tolerance)
  }
}

/** The largest difference, relative to the largest magnitude that is wanted. */
function largestDifference(got: ArrayLike<number | bigint> = [], wanted: ArrayLike<number | bigint>): number {
  const magnitude = Array.from(wanted, Number).reduce((largest, value) => Math.max(largest, Math.abs(value)), 0)
  let difference = 0
  for (let index = 0; index < wanted.length; index++) {
    if (Object.is(got[index], wanted[index])) continue
    difference = Math.max(difference, Math.abs(Number(got[index]) - Number(wanted[index])))
  }
  return difference / (magnitude || 1)
}
