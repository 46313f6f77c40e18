import type { Dimension, Node, Shape } from '../graph.ts'
import { attribute, defineOperator, typed } from '../operator.ts'
import { shapeError, shapeText } from './axis.ts'
import { elementsOf } from './elements.ts'

/** The same elements in another shape: 0 copies a dimension, −1 is what is left (ONNX Reshape) */
export const Reshape = defineOperator({
  op: 'Reshape',
  inputs: ['data', 'shape'],
  outputs: ['reshaped'],
  attributes: { allowzero: attribute.int(0) },
  infer: ({ data, shape }, { allowzero }, { node }) => {
    const wanted = elementsOf(shape)
    const reshaped = typed(data.dataType, wanted && reshapedSizes(data.shape, wanted, allowzero !== 1, node))
    return { reshaped: { ...reshaped, ...(data.elements ? { elements: data.elements } : {}) } }
  },
})

function reshapedSizes(from: Shape | undefined, wanted: Shape, zeroCopies: boolean, node: Node): Shape {
  const misfit = () => shapeError(node, `gives ${shapeText(from)} the shape ${shapeText(wanted)}`)
  const isCopied = (axis: number) => zeroCopies && wanted[axis] === 0
  if (wanted.filter(size => size === -1).length > 1) throw misfit()
  if (from && wanted.some((_, axis) => isCopied(axis) && axis >= from.length)) throw misfit()
  const others = wanted.filter((size, axis) => size !== -1 && !isCopied(axis))
  const rest =
    from &&
    dividedBy(
      from.filter((_, axis) => !isCopied(axis)),
      others,
    )
  if (typeof rest === 'number' && (wanted.includes(-1) ? !Number.isInteger(rest) : rest !== 1)) throw misfit()
  return wanted.map((size, axis) => {
    if (isCopied(axis)) return from?.[axis] ?? null
    return size === -1 ? (rest ?? null) : size
  })
}

/** Π from / Π by, where that is known: equal symbols cancel. */
function dividedBy(from: Shape, by: Shape): Dimension {
  const left: Dimension[] = [...from]
  for (const size of by) {
    if (typeof size === 'number') continue
    const index = size === null ? -1 : left.indexOf(size)
    if (index < 0) return null
    left.splice(index, 1)
  }
  const multiply = (sizes: readonly Dimension[]) =>
    sizes.filter(size => typeof size === 'number').reduce((a, b) => a * b, 1)
  const [dividend, divisor] = [multiply(left), multiply(by)]
  const [symbol, ...more] = left.filter(size => typeof size !== 'number')
  // An empty tensor takes any shape with a zero.
  if (symbol === undefined) return dividend === divisor ? 1 : dividend / divisor
  return more.length === 0 && dividend === divisor ? symbol : null
}
