/** A decoded image: 8 bits a channel, rows from the top, channels of a pixel side by side (grey, or R G B). */
export interface Pixels {
  readonly width: number
  readonly height: number
  readonly channels: 1 | 3
  /** `[height, width, channels]`, 0 to 255. */
  readonly data: Uint8Array
}

/** Number of values that a pixel of each colour order has. */
export const channelsOf = { RGB: 3, BGR: 3, grey: 1 } as const

export type ColourOrder = keyof typeof channelsOf

/**
 * The image in as many channels as `order` has: grey is copied into the three, colour becomes its luma
 * (ITU-R BT.601: 0.299 R + 0.587 G + 0.114 B, rounded). The order itself is settled when tensors are written.
 */
export function withChannels(pixels: Pixels, order: ColourOrder): Pixels {
  const channels = channelsOf[order]
  if (channels === pixels.channels) return pixels
  const { width, height, data: from } = pixels
  const data = new Uint8Array(width * height * channels)
  for (let pixel = 0; pixel < width * height; pixel++)
    if (channels === 3) data[3 * pixel] = data[3 * pixel + 1] = data[3 * pixel + 2] = from[pixel] ?? 0
    else data[pixel] = Math.round(lumaOf(from, pixel * 3))
  return { width, height, channels, data }
}

/** Luma of the pixel whose red is at a place of the data. */
export const lumaOf = (data: Uint8Array, at: number) =>
  0.299 * (data[at] ?? 0) + 0.587 * (data[at + 1] ?? 0) + 0.114 * (data[at + 2] ?? 0)
