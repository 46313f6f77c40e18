import { DataError } from '@pare/core-graph'
import type { Change } from './augment.ts'
import { type ColourOrder, channelsOf, type Pixels, withChannels } from './pixels.ts'
import type { Preprocess } from './preprocess.ts'
import { resizeTo } from './resize.ts'

/** Height and width of an image, in pixels. */
export interface ImageSize {
  readonly height: number
  readonly width: number
}

/** The image in the declared channels and, where it is declared, resized: what is left is to cut out and to scale. */
export function colourAndResize(pixels: Pixels, { colour, resize }: Preprocess): Pixels {
  const image = withChannels(pixels, colour)
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
export function croppedSize({ width, height }: ImageSize, { crop }: Preprocess, sample: string): ImageSize {
  const size = crop ?? { width, height }
  if (size.width > width || size.height > height)
    throw new DataError({
      code: 'DATA_IMAGE_SIZE',
      message: `${sample} has ${width}×${height} pixels before the crop, which takes ${size.width}×${size.height}.`,
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

/**
 * Writes the cut-out of an image as a tensor: `[C, H, W]` or `[H, W, C]`. The cut-out is the centre, moved and mirrored
 * as `change` says; outside of the image all is black.
 */
export function writeSample(image: Pixels, { height, width }: ImageSize, change: Change, target: Target): void {
  const { elements, offset, layout, colour, tables } = target
  const top = Math.floor((image.height - height) / 2) + change.down
  const left = Math.floor((image.width - width) / 2) + change.right
  const [pixelStep, channelStep] = layout === 'NCHW' ? [1, height * width] : [tables.length, 1]
  for (const [channel, table] of tables.entries()) {
    const fromChannel = colour === 'BGR' ? 2 - channel : channel
    const black = table[0] ?? 0
    let to = offset + channel * channelStep
    for (let y = top; y < top + height; y++) {
      const row = y >= 0 && y < image.height ? y * image.width : -1
      for (let x = 0; x < width; x++, to += pixelStep) {
        const column = left + (change.flip ? width - 1 - x : x)
        const isInside = row >= 0 && column >= 0 && column < image.width
        elements[to] = isInside ? (table[image.data[(row + column) * image.channels + fromChannel] ?? 0] ?? 0) : black
      }
    }
  }
}
