import { DataError } from '@pare/core-graph'
import { type ColourOrder, channelsOf, type Pixels } from './pixels.ts'
import type { ImageSize, Preprocess } from './preprocess.ts'
import { resizeTo } from './resize.ts'

/** The image in the declared size; what is left is to cut out and to scale. */
export function resized(image: Pixels, { resize }: Preprocess): Pixels {
  if (!resize) return image
  const { width, height } = targetSize(image, resize)
  return width === image.width && height === image.height ? image : resizeTo(image, { width, height }, resize.kernel)
}

/** The longer side is rounded down, as torchvision's `Resize` does it. */
function targetSize({ width, height }: Pixels, resize: NonNullable<Preprocess['resize']>): ImageSize {
  if (!('shortSide' in resize)) return resize
  const { shortSide } = resize
  return width < height
    ? { width: shortSide, height: Math.floor((shortSide * height) / width) }
    : { width: Math.floor((shortSide * width) / height), height: shortSide }
}

/**
 * The size of what is cut out of an image.
 * @throws DataError `DATA_IMAGE_SIZE` when the image is smaller than that, naming the sample.
 */
export function croppedSize({ width, height }: ImageSize, { crop }: Preprocess, sample: () => string): ImageSize {
  const size = crop ?? { width, height }
  if (size.width > width || size.height > height)
    throw new DataError({
      code: 'DATA_IMAGE_SIZE',
      message: `${sample()} has ${width}×${height} pixels before the crop, which takes ${size.width}×${size.height}.`,
      hint: 'Declare a resize to at least the size of the crop.',
    })
  return size
}

/** What each of the 256 values of a channel becomes: one table a channel of the tensor, in its order. */
export function valueTables({ colour, range: [low, high], mean, std }: Preprocess): Float32Array[] {
  return Array.from({ length: channelsOf[colour] }, (_, channel) =>
    Float32Array.from(
      { length: 256 },
      (_, value) => (low + (value / 255) * (high - low) - (mean?.[channel] ?? 0)) / (std?.[channel] ?? 1),
    ),
  )
}

/** Where a sample goes: its elements start at `offset` of the batch. */
export interface Target {
  readonly elements: Float32Array
  readonly offset: number
  readonly layout: Preprocess['layout']
  readonly colour: ColourOrder
  readonly tables: readonly Float32Array[]
}

/** Writes an image as a tensor: `[C, H, W]` or `[H, W, C]`. */
export function writeSample({ width, height, channels, data }: Pixels, target: Target): void {
  const { elements, offset, layout, colour, tables } = target
  const pixels = height * width
  const [pixelStep, channelStep] = layout === 'NCHW' ? [1, pixels] : [tables.length, 1]
  for (const [channel, table] of tables.entries()) {
    let from = colour === 'BGR' ? 2 - channel : channel
    let to = offset + channel * channelStep
    for (let pixel = 0; pixel < pixels; pixel++, from += channels, to += pixelStep)
      elements[to] = table[data[from] ?? 0] ?? 0
  }
}
