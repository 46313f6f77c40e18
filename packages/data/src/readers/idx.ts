import { DataError } from '@pare/core-graph'
import { z } from 'zod'
import { readIdx } from '../idx-file.ts'
import { checkLabels, classesSchema, classNamesOf } from '../labels.ts'
import { defineReader } from '../reader.ts'
import { selectionShape } from '../selection.ts'

/** Grey images [N, H, W] and labels [N] in the files of MNIST and its successors, gzipped or plain. */
export const idx = defineReader({
  id: 'idx',
  declaration: z.strictObject({
    kind: z.literal('idx'),
    images: z.string().min(1).describe('IDX file of the images, gzipped or plain.'),
    labels: z.string().min(1).optional().describe('IDX file of the labels. Default: data without labels.'),
    classes: classesSchema,
    ...selectionShape,
  }),
  open: async ({ images, labels, classes }, resolve) => {
    const path = resolve(images)
    const {
      dims: [size = 0, height = 0, width = 0],
      data,
    } = await readIdx(path, 3)
    if (size * height * width === 0)
      throw new DataError({
        code: 'DATA_EMPTY',
        message: `${path} holds no pixels: its shape is [${size}, ${height}, ${width}].`,
        hint: 'Point `images` at a file with images in it.',
      })
    const nameOf = (index: number) => `sample ${index} of ${path}`
    const pixelsOf = (index: number) => data.subarray(index * height * width, (index + 1) * height * width)
    return {
      kind: 'images',
      size,
      labels:
        labels === undefined ? undefined : checkLabels(await readLabels(resolve(labels), size, path), classes, nameOf),
      classNames: classNamesOf(classes),
      nameOf,
      read: index => ({ width, height, channels: 1, data: pixelsOf(index) }),
    }
  },
})

async function readLabels(path: string, size: number, images: string): Promise<Uint8Array> {
  const { data } = await readIdx(path, 1)
  if (data.length === size) return data
  throw new DataError({
    code: 'DATA_LABEL_COUNT',
    message: `${path} has ${data.length} labels, but ${images} has ${size} images.`,
    hint: 'Use the two files of the same split.',
  })
}
