import type { Node, Shape } from '../graph.ts'
import type { Inferred } from '../operator.ts'
import { shapeError, shapeText } from './axis.ts'
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

/**
 * Shape of A′·B′ + C, of which A and B are matrices, transposed or not, and C broadcasts to their product (ONNX Gemm).
 * @throws ModelError `MODEL_SHAPE` when they do not go together
 */
export function gemmShape(
  { A, B, C }: { readonly A: Inferred; readonly B: Inferred; readonly C?: Inferred | undefined },
  { transA, transB }: { readonly transA: number; readonly transB: number },
  node: Node,
): Shape {
  const [a = [null, null], b = [null, null]] = [A.shape, B.shape]
  const [rows, inner] = transA ? a.toReversed() : a
  const [innerOfB, columns] = transB ? b.toReversed() : b
  const differ = typeof inner === 'number' && typeof innerOfB === 'number' && inner !== innerOfB
  if (a.length !== 2 || b.length !== 2 || differ)
    throw shapeError(node, `multiplies [${a}]${transA ? 'ᵀ' : ''} by [${b}]${transB ? 'ᵀ' : ''}`)
  const shape = [rows ?? null, columns ?? null]
  const added = C?.shape && broadcastShapes([shape, C.shape], node)
  if (
    added &&
    (added.length > 2 || added.some((size, axis) => shape[axis] === 1 && typeof size === 'number' && size > 1))
  )
    throw shapeError(node, `adds ${shapeText(C?.shape)} to a product of shape ${shapeText(shape)}`)
  return shape
}

/** M·N·K */
export const gemmMacs = (a: readonly number[], b: readonly number[], transB: number): number =>
  (a[0] ?? 0) * (a[1] ?? 0) * (b[transB ? 0 : 1] ?? 0)
