import type { Pixels } from './pixels.ts'

/**
 * Interpolation as Pillow and torchvision do it, which most models were trained with: pixels are unit squares, a
 * kernel is as many times wider as the image shrinks (against aliasing), its weights are normalised where it leaves
 * the image, and each axis is rounded to 8 bits, columns first. libvips places enlarged pixels a fraction of a pixel
 * off, so sharp only decodes.
 */
interface Kernel {
  /** Beyond this distance the weight is 0, in pixels of the target where it is the coarser one. */
  readonly radius: number
  readonly weight: (distance: number) => number
}

const sinc = (x: number) => (x === 0 ? 1 : Math.sin(Math.PI * x) / (Math.PI * x))

const kernels = {
  bilinear: { radius: 1, weight: x => 1 - x },
  // Keys 1981, a = −1/2.
  bicubic: { radius: 2, weight: x => (x < 1 ? (1.5 * x - 2.5) * x * x + 1 : ((-0.5 * x + 2.5) * x - 4) * x + 2) },
  lanczos3: { radius: 3, weight: x => sinc(x) * sinc(x / 3) },
} as const satisfies Readonly<Record<string, Kernel>>

export type KernelName = keyof typeof kernels | 'nearest'

/** The pixels that one pixel of the target is made of. */
interface Taps {
  readonly first: number
  readonly weights: readonly number[]
}

/** The image in another size, in pixels. */
export function resizeTo(
  { width, height, channels, data }: Pixels,
  target: Pick<Pixels, 'width' | 'height'>,
  kernel: KernelName,
): Pixels {
  const columns = resample(data, height, width, channels, tapsOf(width, target.width, kernel))
  return {
    ...target,
    channels,
    data: resample(columns, 1, height, target.width * channels, tapsOf(height, target.height, kernel)),
  }
}

function tapsOf(from: number, to: number, name: KernelName): Taps[] {
  const step = from / to
  const centres = Array.from({ length: to }, (_, index) => (index + 0.5) * step)
  if (name === 'nearest') return centres.map(centre => ({ first: Math.floor(centre), weights: [1] }))
  const kernel: Kernel = kernels[name]
  const stretch = Math.max(step, 1)
  const reach = kernel.radius * stretch
  return centres.map(centre => {
    const first = Math.max(0, Math.floor(centre - reach + 0.5))
    const end = Math.min(from, Math.floor(centre + reach + 0.5))
    const weights = Array.from({ length: end - first }, (_, tap) => {
      const distance = Math.abs(first + tap + 0.5 - centre) / stretch
      return distance < kernel.radius ? kernel.weight(distance) : 0
    })
    const sum = weights.reduce((total, weight) => total + weight, 0)
    return { first, weights: weights.map(weight => weight / sum) }
  })
}

/** Resamples the middle axis of `[outer, length, inner]` bytes; results are rounded and kept within 0 to 255. */
function resample(data: Uint8Array, outer: number, length: number, inner: number, taps: readonly Taps[]): Uint8Array {
  const result = new Uint8ClampedArray(outer * taps.length * inner)
  let to = 0
  for (let block = 0; block < outer; block++)
    for (const { first, weights } of taps) {
      const from = (block * length + first) * inner
      for (let place = 0; place < inner; place++) {
        let sum = 0
        for (let tap = 0; tap < weights.length; tap++)
          sum += (weights[tap] ?? 0) * (data[from + tap * inner + place] ?? 0)
        result[to++] = sum
      }
    }
  return new Uint8Array(result.buffer)
}
