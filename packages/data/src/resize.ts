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

/** The pixels that each pixel of the target is made of: one row of weights a pixel, all of the same length. */
interface Taps {
  readonly first: Int32Array
  readonly count: Int32Array
  readonly most: number
  readonly weights: Float64Array
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

function tapsOf(from: number, to: number, name: KernelName): Taps {
  const step = from / to
  const kernel: Kernel | undefined = name === 'nearest' ? undefined : kernels[name]
  const stretch = Math.max(step, 1)
  const reach = kernel ? kernel.radius * stretch : 0
  const most = Math.ceil(2 * reach) + 1
  const [first, count, weights] = [new Int32Array(to), new Int32Array(to), new Float64Array(to * most)]
  for (let index = 0; index < to; index++) {
    const centre = (index + 0.5) * step
    const start = kernel ? Math.max(0, Math.floor(centre - reach + 0.5)) : Math.floor(centre)
    const taps = kernel ? Math.min(from, Math.floor(centre + reach + 0.5)) - start : 1
    let sum = 0
    for (let tap = 0; tap < taps; tap++) {
      const distance = kernel ? Math.abs(start + tap + 0.5 - centre) / stretch : 0
      const weight = !kernel ? 1 : distance < kernel.radius ? kernel.weight(distance) : 0
      weights[index * most + tap] = weight
      sum += weight
    }
    for (let tap = index * most; tap < index * most + taps; tap++) weights[tap] = (weights[tap] ?? 0) / sum
    first[index] = start
    count[index] = taps
  }
  return { first, count, most, weights }
}

/** Resamples the middle axis of `[outer, length, inner]` bytes; results are rounded and kept within 0 to 255. */
function resample(data: Uint8Array, outer: number, length: number, inner: number, taps: Taps): Uint8Array {
  const { first, count, most, weights } = taps
  const result = new Uint8ClampedArray(outer * first.length * inner)
  let to = 0
  for (let block = 0; block < outer; block++)
    for (let index = 0; index < first.length; index++) {
      const from = (block * length + (first[index] ?? 0)) * inner
      const start = index * most
      const end = start + (count[index] ?? 0)
      for (let place = 0; place < inner; place++) {
        let sum = 0
        for (let weight = start, at = from + place; weight < end; weight++, at += inner)
          sum += (weights[weight] ?? 0) * (data[at] ?? 0)
        result[to++] = sum
      }
    }
  return new Uint8Array(result.buffer)
}
