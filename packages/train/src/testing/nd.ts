/** A float64 tensor of the reference implementations, in row-major order. */
export interface Nd {
  readonly dims: readonly number[]
  readonly data: Float64Array
}

/** Every index of a shape, in row-major order. */
export function* indicesOf(dims: readonly number[]): Generator<readonly number[]> {
  const [size, ...rest] = dims
  if (size === undefined) yield []
  else for (let place = 0; place < size; place++) for (const others of indicesOf(rest)) yield [place, ...others]
}

export const nd = (dims: readonly number[], valueAt: (index: readonly number[]) => number): Nd => ({
  dims,
  data: Float64Array.from(indicesOf(dims), valueAt),
})

/** The element at an index; 0 outside of the tensor, as padding has it. */
export function at({ dims, data }: Nd, index: readonly number[]): number {
  let offset = 0
  for (const [axis, size] of dims.entries()) {
    const place = index[axis] ?? 0
    if (place < 0 || place >= size) return 0
    offset = offset * size + place
  }
  return data[offset] ?? 0
}

export const map = ({ dims, data }: Nd, change: (value: number) => number): Nd => ({ dims, data: data.map(change) })

/** An element-wise operation on two tensors, broadcast as NumPy does. */
export function zip(a: Nd, b: Nd, combine: (a: number, b: number) => number): Nd {
  const rank = Math.max(a.dims.length, b.dims.length)
  const aligned = ({ dims }: Nd) => [...Array<number>(rank - dims.length).fill(1), ...dims]
  const dims = aligned(a).map((size, axis) => Math.max(size, aligned(b)[axis] ?? 1))
  const pick = (x: Nd, index: readonly number[]) =>
    at(
      x,
      index.slice(rank - x.dims.length).map((place, axis) => (x.dims[axis] === 1 ? 0 : place)),
    )
  return nd(dims, index => combine(pick(a, index), pick(b, index)))
}

export function sum(values: Iterable<number>): number {
  let total = 0
  for (const value of values) total += value
  return total
}

/** Sums over axes, which stay with size 1. */
export const sumOver = (x: Nd, axes: readonly number[]): Nd =>
  nd(
    x.dims.map((size, axis) => (axes.includes(axis) ? 1 : size)),
    index =>
      sum(
        indicesOf(x.dims.map((size, axis) => (axes.includes(axis) ? size : 1))).map(inner =>
          at(
            x,
            inner.map((place, axis) => place + (index[axis] ?? 0)),
          ),
        ),
      ),
  )
