import { elementCount, newTypedArray, type Tensor, tensorBytes, tensorElements, tensorOf } from '../tensor.ts'

/** Steps from one element to the next along each axis, row-major. */
export function stridesOf(dims: readonly number[]): number[] {
  const strides = Array<number>(dims.length).fill(1)
  for (let axis = dims.length - 2; axis >= 0; axis--) strides[axis] = (strides[axis + 1] ?? 1) * (dims[axis + 1] ?? 1)
  return strides
}

/** A new tensor of shape `dims` with out[i₀, i₁, …] = source[offset + Σ iₖ·strideₖ]; a stride of 0 repeats, a negative one reverses. */
export function copyStrided(source: Tensor, dims: readonly number[], strides: readonly number[], offset = 0): Tensor {
  const from = tensorElements(source)
  const to = newTypedArray(source.dataType, elementCount(dims))
  const index = Array<number>(dims.length).fill(0)
  let position = offset
  for (let element = 0; element < to.length; element++) {
    to[element] = from[position] as never
    for (let axis = dims.length - 1; axis >= 0; axis--) {
      const next = (index[axis] ?? 0) + 1
      const stride = strides[axis] ?? 0
      if (next < (dims[axis] ?? 0)) {
        index[axis] = next
        position += stride
        break
      }
      position -= (next - 1) * stride
      index[axis] = 0
    }
  }
  return tensorOf(source.dataType, dims, to)
}

/** Repeats a tensor along its axes of size 1, and along new leading ones (ONNX, "Broadcasting"). */
export function broadcastTo(source: Tensor, dims: readonly number[]): Tensor {
  const added = dims.length - source.dims.length
  const own = stridesOf(source.dims)
  const strides = dims.map((_, axis) =>
    axis < added || source.dims[axis - added] === 1 ? 0 : (own[axis - added] ?? 0),
  )
  return copyStrided(source, dims, strides)
}

/** The shape that tensors broadcast to; undefined when they do not. */
export function broadcastDims(...shapes: readonly (readonly number[])[]): number[] | undefined {
  const rank = Math.max(...shapes.map(shape => shape.length))
  const result = Array<number>(rank).fill(1)
  for (const shape of shapes)
    for (const [axis, size] of shape.entries()) {
      const place = axis + rank - shape.length
      if (size === 1 || size === result[place]) continue
      if (result[place] !== 1) return undefined
      result[place] = size
    }
  return result
}

/** The same elements under another shape. */
export const withDims = (source: Tensor, dims: readonly number[]): Tensor => ({
  dataType: source.dataType,
  dims,
  storage: { kind: 'bytes', bytes: tensorBytes(source) },
})
