import fc from 'fast-check'
import { expect, test } from 'vitest'
import { type KernelName, resizeTo } from './resize.ts'

const row = (values: readonly number[], width: number, kernel: KernelName) => {
  const image = { width: values.length, height: 1, channels: 1 as const, data: Uint8Array.from(values) }
  return [...resizeTo(image, { width, height: 1 }, kernel).data]
}

// By hand. Enlarging 2 to 4, the centres are at −1/4, 1/4, 3/4, 5/4 of the old pixels' centres; halving 4 to 2, at 1/2
// and 5/2, with kernels twice as wide: bilinear weighs the distances 1/2, 1/2, 3/2 by 3/4, 3/4, 1/4, over their sum.
test.each<[KernelName, readonly number[], number, readonly number[]]>([
  ['nearest', [1, 9], 4, [1, 1, 9, 9]],
  ['nearest', [1, 2, 3, 4], 2, [2, 4]],
  ['bilinear', [0, 100], 4, [0, 25, 75, 100]],
  // (3·0 + 3·70 + 1·140) / 7 and (1·70 + 3·140 + 3·210) / 7
  ['bilinear', [0, 70, 140, 210], 2, [50, 160]],
  // Keys' kernel at 1/4, 3/4, 5/4, 7/4 is 111/128, 29/128, −9/128, −3/128.
  ['bicubic', [0, 32, 64, 64, 96], 5, [0, 32, 64, 64, 96]],
  ['bicubic', [64, 64, 64, 192, 64, 64, 64], 14, [64, 64, 64, 61, 55, 93, 175, 175, 93, 55, 61, 64, 64, 64]],
])('%s: %o to %i pixels', (kernel, values, width, expected) => {
  expect(row(values, width, kernel)).toEqual(expected)
})

/** The definition, in two dimensions at once and without rounding between: slow and plain. */
function reference(
  values: readonly number[][],
  width: number,
  height: number,
  radius: number,
  weight: (x: number) => number,
) {
  const axis = (from: number, to: number, index: number) => {
    const stretch = Math.max(1, from / to)
    const centre = ((index + 0.5) * from) / to
    const weights = Array.from({ length: from }, (_, pixel) => {
      const x = Math.abs(pixel + 0.5 - centre) / stretch
      return x < radius ? weight(x) : 0
    })
    const sum = weights.reduce((a, b) => a + b)
    return weights.map(value => value / sum)
  }
  const columns = values[0]?.length ?? 0
  return Array.from({ length: height }, (_, y) => {
    const vertical = axis(values.length, height, y)
    return Array.from({ length: width }, (_, x) => {
      const horizontal = axis(columns, width, x)
      return values.reduce(
        (sum, line, i) => sum + line.reduce((s, v, j) => s + v * (horizontal[j] ?? 0), 0) * (vertical[i] ?? 0),
        0,
      )
    })
  }).flat()
}

const definitions: Readonly<Record<Exclude<KernelName, 'nearest'>, [number, (x: number) => number]>> = {
  bilinear: [1, x => 1 - x],
  bicubic: [2, x => (x < 1 ? 1.5 * x ** 3 - 2.5 * x ** 2 + 1 : -0.5 * x ** 3 + 2.5 * x ** 2 - 4 * x + 2)],
  lanczos3: [3, x => (x === 0 ? 1 : (3 * Math.sin(Math.PI * x) * Math.sin((Math.PI * x) / 3)) / (Math.PI * x) ** 2)],
}

test.each(Object.entries(definitions))(
  '%s agrees with its definition to the rounding of two passes',
  (kernel, [radius, weight]) => {
    const side = fc.integer({ min: 1, max: 12 })
    fc.assert(
      fc.property(side, side, side, side, fc.infiniteStream(fc.nat(255)), (width, height, toWidth, toHeight, bytes) => {
        // Within 60 to 195, so that no overshoot is cut off between the passes.
        const values = Array.from({ length: height }, () =>
          [...bytes.take(width)].map(value => 60 + Math.floor((value * 135) / 255)),
        )
        const image = { width, height, channels: 1 as const, data: Uint8Array.from(values.flat()) }
        const { data } = resizeTo(image, { width: toWidth, height: toHeight }, kernel as KernelName)
        const expected = reference(values, toWidth, toHeight, radius, weight)
        for (const [index, value] of expected.entries())
          expect(Math.abs((data[index] ?? Number.NaN) - Math.min(255, Math.max(0, value)))).toBeLessThan(1.5)
      }),
    )
  },
)

test('keeps channels apart, and axes', () => {
  const image = { width: 1, height: 2, channels: 3 as const, data: Uint8Array.from([0, 10, 20, 100, 110, 120]) }
  expect([...resizeTo(image, { width: 2, height: 1 }, 'bilinear').data]).toEqual([50, 60, 70, 50, 60, 70])
})

test('overshoot ends at black and white', () => {
  expect(row([0, 0, 255, 255], 8, 'bicubic')).toEqual([0, 0, 0, expect.any(Number), expect.any(Number), 255, 255, 255])
})
