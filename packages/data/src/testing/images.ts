import fc from 'fast-check'
import type { Pixels } from '../pixels.ts'

/** A grey image of rows of values. */
export const grey = (...rows: readonly (readonly number[])[]): Pixels => ({
  width: rows[0]?.length ?? 0,
  height: rows.length,
  channels: 1,
  data: Uint8Array.from(rows.flat()),
})

/** A colour image of one row of pixels. */
export const colour = (...pixels: readonly [number, number, number][]): Pixels => ({
  width: pixels.length,
  height: 1,
  channels: 3,
  data: Uint8Array.from(pixels.flat()),
})

/** Values of a grey image, row by row. */
export const rowsOf = ({ width, height, data }: Pixels): number[][] =>
  Array.from({ length: height }, (_, y) => [...data.subarray(y * width, (y + 1) * width)])

/** Any image of up to 12×12 pixels. */
export const anyImage: fc.Arbitrary<Pixels> = fc
  .record({
    width: fc.integer({ min: 1, max: 12 }),
    height: fc.integer({ min: 1, max: 12 }),
    channels: fc.constantFrom(1 as const, 3 as const),
  })
  .chain(({ width, height, channels }) => {
    const length = width * height * channels
    return fc
      .uint8Array({ minLength: length, maxLength: length })
      .map(data => ({ width, height, channels, data: Uint8Array.from(data) }))
  })
