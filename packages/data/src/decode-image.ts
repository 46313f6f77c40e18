import { extname } from 'node:path'
import { DataError } from '@pare/core-graph'
import sharp from 'sharp'
import { readWholeFile } from './file-error.ts'
import type { Pixels } from './pixels.ts'

const extensions = new Set(['.avif', '.gif', '.jpeg', '.jpg', '.png', '.tif', '.tiff', '.webp'])

/** Whether a file's name says that it is an image of a format that can be decoded. */
export const isImageName = (name: string): boolean => extensions.has(extname(name).toLowerCase())

export const imageFormats = 'JPEG, PNG, WebP, TIFF, GIF or AVIF'

/**
 * Most pixels that a file of so many bytes may declare: a WebP file of 10 KB can unfold to 2 GB. A single-coloured PNG
 * or JPEG comes to some 300 pixels a byte; other formats pack that without limit, so small images are always taken.
 */
const pixelLimit = (bytes: number): number => 2 ** 24 + 1024 * bytes

/**
 * Decodes an image file into 8-bit sRGB or grey, upright (EXIF orientation is applied), without its alpha channel;
 * of an animation, the first frame.
 * @throws DataError `DATA_FILE` when it cannot be read, `DATA_IMAGE` when it does not decode; both name the file.
 */
export const decodeImage = async (path: string): Promise<Pixels> => decodeImageBytes(await readWholeFile(path), path)

/** As `decodeImage`, of a file's content. @param name how errors speak of it */
export async function decodeImageBytes(bytes: Uint8Array, name: string): Promise<Pixels> {
  try {
    const image = sharp(bytes, { failOn: 'error', autoOrient: true }).removeAlpha()
    const { space, width, height } = await image.metadata()
    if (width * height > pixelLimit(bytes.length))
      throw new Error(`it declares ${width}×${height} pixels in ${bytes.length} bytes`)
    const isGrey = space === 'b-w' || space === 'grey16'
    const { data, info } = await image
      .toColourspace(isGrey ? 'b-w' : 'srgb')
      .raw({ depth: 'uchar' })
      .toBuffer({ resolveWithObject: true })
    return { width: info.width, height: info.height, channels: info.channels === 1 ? 1 : 3, data }
  } catch (cause) {
    throw new DataError({
      code: 'DATA_IMAGE',
      message: `${name} does not decode as an image: ${cause instanceof Error ? cause.message : cause}.`,
      hint: `Repair or remove it; images are ${imageFormats} files.`,
      cause,
    })
  }
}
