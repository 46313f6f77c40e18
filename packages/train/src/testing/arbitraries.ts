import fc from 'fast-check'

export const anySize = fc.integer({ min: 1, max: 4 })

/** A shape of few elements. */
export const anyDims = (minLength: number, maxLength: number, size = anySize): fc.Arbitrary<number[]> =>
  fc.array(size, { minLength, maxLength })

/** An axis of a shape, counted from the front or the back. */
export const anyAxis = (dims: readonly number[]): fc.Arbitrary<number> =>
  fc.integer({ min: -dims.length, max: dims.length - 1 })

/** Some axes of a shape, each at most once, from the front or the back. */
export const anyAxes = (dims: readonly number[], minLength = 1): fc.Arbitrary<number[]> =>
  fc
    .tuple(fc.subarray([...dims.keys()], { minLength }), fc.boolean())
    .map(([axes, isFromBack]) => (isFromBack ? axes.map(axis => axis - dims.length) : axes))

/** A shape that is broadcast to this one: leading axes left away, others of size 1. */
export const anyBroadcast = (dims: readonly number[]): fc.Arbitrary<number[]> =>
  fc
    .tuple(fc.integer({ min: 0, max: dims.length }), fc.array(fc.boolean(), { minLength: 4, maxLength: 4 }))
    .map(([first, isOne]) => dims.slice(first).map((size, axis) => (isOne[axis] ? 1 : size)))

/** One number for each of `count` axes. */
export const anyEach = (count: number, min: number, max: number): fc.Arbitrary<number[]> =>
  fc.array(fc.integer({ min, max }), { minLength: count, maxLength: count })
