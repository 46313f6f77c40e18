import type { Inferred } from '../operator.ts'
import { attribute, defineOperator, typed } from '../operator.ts'
import { axesOf, axisOf } from './axis.ts'

/** A reduction over axes; all of them where none are given, unless `noop_with_empty_axes`. */
export const defineReduce = <const Op extends string>(op: Op) =>
  defineOperator({
    op,
    inputs: ['data', 'axes?'],
    outputs: ['reduced'],
    attributes: { keepdims: attribute.int(1), noop_with_empty_axes: attribute.int(0) },
    infer: ({ data, axes }, { keepdims, noop_with_empty_axes: noop }, { node }) => {
      const given = axes ? data.shape && axesOf(axes.elements, data.shape.length, node) : []
      if (!given && keepdims)
        return {
          reduced: typed(
            data.dataType,
            data.shape?.map(() => null),
          ),
        }
      if (given?.length === 0 && noop) return { reduced: typed(data.dataType, data.shape) }
      return { reduced: reducedShape(data, given, keepdims === 1) }
    },
  })

/** A tensor without some axes, or with size 1 there; all of them where none are named. */
function reducedShape({ shape, dataType }: Inferred, axes: readonly number[] | undefined, keep: boolean): Inferred {
  if (!shape || !axes) return typed(dataType, undefined)
  const isReduced = (axis: number) => axes.length === 0 || axes.includes(axis)
  return typed(
    dataType,
    keep ? shape.map((size, axis) => (isReduced(axis) ? 1 : size)) : shape.filter((_, axis) => !isReduced(axis)),
  )
}

/** The index, int64, of the element that is chosen along one axis. */
export const defineIndexOfBest = <const Op extends string>(op: Op) =>
  defineOperator({
    op,
    inputs: ['data'],
    outputs: ['reduced'],
    attributes: { axis: attribute.int(0), keepdims: attribute.int(1), select_last_index: attribute.int(0) },
    infer: ({ data }, { axis, keepdims }, { node }) => {
      const axes = data.shape && [axisOf(axis, data.shape.length, node)]
      return { reduced: typed('int64', reducedShape(data, axes, keepdims === 1).shape) }
    },
  })
