import type { Node, Shape } from '../graph.ts'
import { shapeError } from './axis.ts'
import { broadcastShapes } from './broadcast.ts'

/**
 * Shape of a product over the last two axes, the others broadcast; a vector is a row on the left, a column on the right (numpy.matmul).
 * @throws ModelError `MODEL_SHAPE` when the inner sizes differ
 */
export function matrixProduct(a: Shape | undefined, b: Shape | undefined, node: Node): Shape | undefined {
  if (!a || !b) return undefined
  if (a.length === 0 || b.length === 0) throw shapeError(node, `multiplies a number: [${a}] · [${b}]`)
  const [left, right] = [a.at(-1), b.length > 1 ? b.at(-2) : b[0]]
  if (typeof left === 'number' && typeof right === 'number' && left !== right)
    throw shapeError(node, `multiplies [${a}] by [${b}], whose inner sizes ${left} and ${right} differ`)
  const batch = broadcastShapes([a.slice(0, -2), b.slice(0, -2)], node) ?? []
  return [...batch, ...a.slice(-2, -1), ...(b.length > 1 ? b.slice(-1) : [])]
}

/** Multiply-adds of that product: its elements times the inner size. */
export const matrixProductMacs = (a: readonly number[], product: readonly number[]): number =>
  product.reduce((total, size) => total * size, a.at(-1) ?? 0)
