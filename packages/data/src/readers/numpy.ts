import { DataError } from '@pare/core-graph'
import { z } from 'zod'
import { labelsOfArray } from '../arrays/array-labels.ts'
import { openNpyFile } from '../arrays/npy.ts'
import { arrayNamed, openTable } from '../arrays/open-table.ts'
import type { SampleArray } from '../arrays/sample-array.ts'
import { classesSchema, classNamesOf } from '../labels.ts'
import type { Pixels } from '../pixels.ts'
import { defineReader } from '../reader.ts'
import { selectionShape } from '../selection.ts'

/** Images as an array of bytes in NumPy's files: grey `[N, H, W]`, or `[N, H, W, C]` or `[N, C, H, W]` of 1 or 3 channels. */
export const numpy = defineReader({
  id: 'numpy',
  declaration: z.strictObject({
    kind: z.literal('numpy'),
    path: z.string().min(1).optional().describe('An .npz file, or a folder of .npy files, that the arrays are in.'),
    images: z
      .string()
      .min(1)
      .describe(
        'Name of the array of images in `path`; without one, an .npy file. uint8 [N, H, W] or with 1 or 3 channels.',
      ),
    labels: z
      .string()
      .min(1)
      .optional()
      .describe('The class numbers [N], named like the images. Default: data without labels.'),
    classes: classesSchema,
    ...selectionShape,
  }),
  open: async ({ path, images, labels, classes }, resolve) => {
    const table = path === undefined ? undefined : await openTable(resolve(path))
    const open = (name: string) => (table ? arrayNamed(table, name) : openNpyFile(resolve(name)))
    const array = await open(images)
    const [size = 0] = array.dims
    const pixelsOf = imageShape(array)
    const nameOf = (index: number) => `sample ${index} of ${array.name}`
    return {
      kind: 'images',
      size,
      labels: labels === undefined ? undefined : await labelsOfArray(await open(labels), size, classes, nameOf),
      classNames: classNamesOf(classes),
      nameOf,
      read: async index => pixelsOf((await array.rows(Uint32Array.of(index))) as Uint8Array),
    }
  },
})

const isChannels = (dim: number | undefined): dim is 1 | 3 => dim === 1 || dim === 3

/** Whether an array has the shape of images: `[N, H, W]`, or four axes of which the second or last is 1 or 3 long. */
export const isImageShape = ({ length, 1: second, 3: last }: readonly number[]): boolean =>
  length === 3 || (length === 4 && (isChannels(last) || isChannels(second)))

/** How a row is an image: channels last where the last axis can be that, else first. */
function imageShape({ name, dataType, dims: [, a, b, c, ...others], dims }: SampleArray): (row: Uint8Array) => Pixels {
  const shape = `${dataType} [${dims.join(', ')}]`
  if (dataType !== 'uint8')
    throw new DataError({
      code: 'DATA_IMAGE',
      message: `${name} is ${shape}, but images are bytes (uint8) from 0 to 255.`,
      hint: 'Feed an array that is preprocessed already by kind: tensors; otherwise save the images as uint8.',
    })
  if (a !== undefined && b !== undefined && others.length === 0) {
    if (c === undefined) return data => ({ height: a, width: b, channels: 1, data })
    if (isChannels(c)) return data => ({ height: a, width: b, channels: c, data })
    if (isChannels(a)) return data => ({ height: b, width: c, channels: a, data: channelsLast(data, a) })
  }
  throw new DataError({
    code: 'DATA_IMAGE',
    message: `${name} is ${shape}, which is no array of images.`,
    hint: 'Images are [N, H, W], [N, H, W, C] or [N, C, H, W] with 1 or 3 channels; feed other arrays by kind: tensors.',
  })
}

function channelsLast(data: Uint8Array, channels: number): Uint8Array {
  const pixels = data.length / channels
  const result = new Uint8Array(data.length)
  for (let channel = 0; channel < channels; channel++)
    for (let pixel = 0; pixel < pixels; pixel++)
      result[pixel * channels + channel] = data[channel * pixels + pixel] ?? 0
  return result
}
