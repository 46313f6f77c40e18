import fc from 'fast-check'
import { anyAxes, anyDims } from '../arbitraries.ts'
import { map, type Nd, positive, sumOver } from '../nd.ts'
import { defineReference, input } from '../reference.ts'

const arbitrary = fc.tuple(anyDims(1, 3), fc.constantFrom(0, 1)).chain(([data, keepdims]) =>
  fc.option(anyAxes(data)).map(axes => ({
    inputs: axes ? { data, axes: { ints: axes } } : { data },
    attributes: { keepdims },
  })),
)

/**
 * A reduction over axes, all where none are given.
 * @param reduce folds axes, which stay with size 1
 */
export const defineReduction = (op: string, reduce: (data: Nd, axes: readonly number[]) => Nd) =>
  defineReference({
    op,
    cases: [
      { name: 'over two axes, kept', inputs: { data: [2, 3, 4], axes: { ints: [0, -1] } } },
      { name: 'over one axis, dropped', inputs: { data: [2, 3, 4], axes: { ints: [1] } }, attributes: { keepdims: 0 } },
      { name: 'over all axes', inputs: { data: [2, 3] }, attributes: { keepdims: 0 } },
      { name: 'over none', inputs: { data: [2, 3] }, attributes: { keepdims: 0, noop_with_empty_axes: 1 } },
    ],
    arbitrary,
    forward: (inputs, attributes) => {
      const data = input(inputs, 'data')
      const given = [...(inputs.axes?.data ?? [])].map(axis => positive(axis, data.dims.length))
      const isNone = given.length === 0 && attributes.number('noop_with_empty_axes', 0) === 1
      const axes = given.length > 0 || isNone ? given : [...data.dims.keys()]
      const reduced = reduce(data, axes)
      return {
        dims: attributes.number('keepdims', 1) ? reduced.dims : reduced.dims.filter((_, axis) => !axes.includes(axis)),
        data: reduced.data,
      }
    },
  })

/** A sum of what each element becomes, and what becomes of the sum of `count` elements. */
export const ofSums =
  (each: (value: number) => number, finish: (sum: number, count: number) => number) =>
  (data: Nd, axes: readonly number[]): Nd => {
    const sums = sumOver(map(data, each), axes)
    return map(sums, total => finish(total, data.data.length / sums.data.length))
  }
