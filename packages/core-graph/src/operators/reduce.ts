import { attribute, defineOperator, typed } from '../operator.ts'

/** A reduction over axes; all of them where none are given, unless `noop_with_empty_axes`. */
export const defineReduce = <const Op extends string>(op: Op) =>
  defineOperator({
    op,
    inputs: ['data', 'axes?'],
    outputs: ['reduced'],
    attributes: { keepdims: attribute.int(1), noop_with_empty_axes: attribute.int(0) },
    infer: ({ data, axes }, { keepdims, noop_with_empty_axes: noop }) => {
      const { shape, dataType } = data
      if (!shape || (axes && !axes.elements)) return { reduced: typed(dataType, undefined) }
      const given = axes?.elements ?? []
      if (given.length === 0 && noop) return { reduced: typed(dataType, shape) }
      const reduced = new Set(given.map(axis => (Number(axis) + shape.length) % shape.length))
      const isReduced = (axis: number) => reduced.size === 0 || reduced.has(axis)
      return {
        reduced: typed(
          dataType,
          keepdims
            ? shape.map((size, axis) => (isReduced(axis) ? 1 : size))
            : shape.filter((_, axis) => !isReduced(axis)),
        ),
      }
    },
  })
