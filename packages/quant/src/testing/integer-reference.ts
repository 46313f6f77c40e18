import type { Affine } from '../affine.ts'

/** Integer arithmetic written out from the definition, for comparison only: numbers in, int8 levels out. */

export interface Levels {
  readonly dims: readonly number[]
  readonly levels: readonly number[]
  readonly affine: Affine
}

export interface IntegerWeights {
  /** [O, I, K, K] */
  readonly dims: readonly number[]
  readonly levels: readonly number[]
  readonly bias: readonly number[]
  /** One for each output channel. */
  readonly scales: readonly number[]
}

const bounds = { uint8: [0, 255], int8: [-128, 127] } as const

/** Rounds a real number to a level; ties to even. */
function requantized(real: number, { dataType, scale, zeroPoint }: Affine): number {
  const exact = real / scale
  const nearest = Math.round(exact)
  const even = Math.abs(exact - Math.trunc(exact)) === 0.5 && nearest % 2 !== 0 ? nearest - 1 : nearest
  const [low, high] = bounds[dataType]
  return Math.max(low, Math.min(high, even + zeroPoint))
}

/** Convolution, stride 1, `pad` on all sides, in int32; then back to 8 bits. A full connection is a 1×1 one on a 1×1 image. */
export function integerConv(x: Levels, w: IntegerWeights, to: Affine, { group = 1, pad = 0 } = {}): Levels {
  const [batch = 0, , height = 0, width = 0] = x.dims
  const [outputs = 0, inputs = 0, kernel = 0] = w.dims
  const size = [height + 2 * pad - kernel + 1, width + 2 * pad - kernel + 1] as const
  const levels: number[] = []
  for (let n = 0; n < batch; n++)
    for (let o = 0; o < outputs; o++)
      for (let row = 0; row < size[0]; row++)
        for (let column = 0; column < size[1]; column++) {
          let sum = w.bias[o] ?? 0
          const first = Math.floor(o / (outputs / group)) * inputs
          for (let i = 0; i < inputs; i++)
            for (let u = 0; u < kernel; u++)
              for (let v = 0; v < kernel; v++) {
                const y = row + u - pad
                const z = column + v - pad
                if (y < 0 || z < 0 || y >= height || z >= width) continue
                const level = x.levels[((n * (inputs * group) + first + i) * height + y) * width + z] ?? 0
                const weight = w.levels[((o * inputs + i) * kernel + u) * kernel + v] ?? 0
                sum += (level - x.affine.zeroPoint) * weight
              }
          levels.push(requantized(sum * x.affine.scale * (w.scales[o] ?? 0), to))
        }
  return { dims: [batch, outputs, ...size], levels, affine: to }
}

export function integerAdd(a: Levels, b: Levels, to: Affine): Levels {
  const real = ({ levels, affine }: Levels, index: number) => ((levels[index] ?? 0) - affine.zeroPoint) * affine.scale
  return {
    dims: a.dims,
    levels: a.levels.map((_, index) => requantized(real(a, index) + real(b, index), to)),
    affine: to,
  }
}

export function integerGlobalAverage(x: Levels, to: Affine): Levels {
  const [batch = 0, channels = 0, height = 0, width = 0] = x.dims
  const area = height * width
  const levels = Array.from({ length: batch * channels }, (_, plane) => {
    const sum = x.levels.slice(plane * area, (plane + 1) * area).reduce((a, b) => a + b - x.affine.zeroPoint, 0)
    return requantized((sum * x.affine.scale) / area, to)
  })
  return { dims: [batch, channels, 1, 1], levels, affine: to }
}
