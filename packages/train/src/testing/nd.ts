/** A float64 tensor of the reference implementations, in row-major order. */
export interface Nd {
  readonly dims: readonly number[]
  readonly data: Float64Array
}

export const sizeOf = (dims: readonly number[]): number => dims.reduce((product, size) => product * size, 1)

/** Every index of a shape, in row-major order. */
export function* indicesOf(dims: readonly number[]): Generator<readonly number[]> {
  for (const index of walk(dims)) yield [...index]
}

/** As `indicesOf`, but one list that is changed on the way. */
function* walk(dims: readonly number[]): Generator<readonly number[]> {
  const index = dims.map(() => 0)
  for (let left = sizeOf(dims); left > 0; left--) {
    yield index
    for (let axis = dims.length - 1; axis >= 0; axis--) {
      const next = (index[axis] ?? 0) + 1
      if (next < (dims[axis] ?? 1)) {
        index[axis] = next
        break
      }
      index[axis] = 0
    }
  }
}

/** @param valueAt gets a list that it must not keep */
export function nd(dims: readonly number[], valueAt: (index: readonly number[]) => number): Nd {
  const data = new Float64Array(sizeOf(dims))
  let place = 0
  for (const index of walk(dims)) data[place++] = valueAt(index)
  return { dims, data }
}

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

/** The shape that tensors are broadcast to, as NumPy does. */
export function broadcastDims(...all: readonly (readonly number[])[]): number[] {
  const rank = Math.max(...all.map(dims => dims.length))
  return Array.from({ length: rank }, (_, axis) => {
    const sizes = all.map(dims => dims[axis - rank + dims.length] ?? 1)
    return sizes.find(size => size !== 1) ?? 1
  })
}

/** A tensor repeated to a shape, as NumPy does. */
export function broadcast(x: Nd, dims: readonly number[]): Nd {
  if (x.dims.length === dims.length && x.dims.every((size, axis) => size === dims[axis])) return x
  const strides = stridesOf(x.dims)
  const added = dims.length - x.dims.length
  return view(
    x,
    dims,
    dims.map((_, axis) => (axis < added || x.dims[axis - added] === 1 ? 0 : (strides[axis - added] ?? 0))),
  )
}

/** How far neighbours along each axis lie apart. */
export const stridesOf = (dims: readonly number[]): number[] => dims.map((_, axis) => sizeOf(dims.slice(axis + 1)))

/** Elements at `start` plus each index times the strides. */
export function view({ data }: Nd, dims: readonly number[], strides: readonly number[], start = 0): Nd {
  let offsets = Int32Array.of(start)
  for (const [axis, size] of dims.entries()) {
    const next = new Int32Array(offsets.length * size)
    const stride = strides[axis] ?? 0
    let place = 0
    for (const offset of offsets) for (let index = 0; index < size; index++) next[place++] = offset + index * stride
    offsets = next
  }
  const made = new Float64Array(offsets.length)
  for (let place = 0; place < made.length; place++) made[place] = data[offsets[place] ?? 0] ?? 0
  return { dims, data: made }
}

/** An element-wise operation on two tensors, broadcast. */
export function zip(a: Nd, b: Nd, combine: (a: number, b: number) => number): Nd {
  const dims = broadcastDims(a.dims, b.dims)
  const [first, second] = [broadcast(a, dims).data, broadcast(b, dims).data]
  return { dims, data: first.map((value, place) => combine(value, second[place] ?? 0)) }
}

export function sum(values: Iterable<number>): number {
  let total = 0
  for (const value of values) total += value
  return total
}

/** Folds elements along axes, which stay with size 1. */
export function fold(x: Nd, axes: readonly number[], initial: number, combine: (a: number, b: number) => number): Nd {
  const dims = x.dims.map((size, axis) => (axes.includes(axis) ? 1 : size))
  const data = new Float64Array(sizeOf(dims)).fill(initial)
  const strides = stridesOf(dims)
  const places = view(
    { dims: [], data: Float64Array.from({ length: data.length }, (_, place) => place) },
    x.dims,
    strides.map((stride, axis) => (axes.includes(axis) ? 0 : stride)),
  ).data
  for (let place = 0; place < x.data.length; place++) {
    const into = places[place] ?? 0
    data[into] = combine(data[into] ?? 0, x.data[place] ?? 0)
  }
  return { dims, data }
}

/** Sums over axes, which stay with size 1. */
export const sumOver = (x: Nd, axes: readonly number[]): Nd => fold(x, axes, 0, (total, value) => total + value)

export const transpose = (x: Nd, perm: readonly number[]): Nd => {
  const strides = stridesOf(x.dims)
  return view(
    x,
    perm.map(axis => x.dims[axis] ?? 1),
    perm.map(axis => strides[axis] ?? 1),
  )
}

/** An axis counted from the front. */
export const positive = (axis: number, rank: number): number => (axis < 0 ? axis + rank : axis)
