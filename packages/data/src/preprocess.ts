import { z } from 'zod'
import { channelsOf } from './pixels.ts'

/** Height and width of an image, in pixels. */
export interface ImageSize {
  readonly height: number
  readonly width: number
}

const pixelCount = z.int().positive().max(65_535)

const width = pixelCount.describe('Width in pixels.')
const height = pixelCount.describe('Height in pixels.')
/** How pixels are made of others when an image changes its size. */
export const kernelSchema = z
  .enum(['nearest', 'bilinear', 'bicubic', 'lanczos3'])
  .default('bilinear')
  .describe('Interpolation, as Pillow does it: all but nearest are widened when the image shrinks, against aliasing.')

const resize = z.union(
  [
    z.strictObject({
      shortSide: pixelCount.describe('Length of the shorter side in pixels; the aspect ratio stays.'),
      kernel: kernelSchema,
    }),
    z.strictObject({ width, height, kernel: kernelSchema }),
  ],
  { error: 'expected { shortSide: 256 } or { width: 224, height: 224 }' },
)

/**
 * How an image becomes the tensor that a model was trained on, in this order: colour, resize, crop, range, mean and
 * std, layout. Declared once, and used by calibration, training and evaluation alike.
 *
 * A pixel value v from 0 to 255 becomes (lo + v / 255 · (hi − lo) − mean) / std for the range [lo, hi].
 */
export const preprocessSchema = z
  .strictObject({
    colour: z
      .enum(['RGB', 'BGR', 'grey'])
      .default('RGB')
      .describe(
        'Channels of the tensor and their order. Grey files are copied into three, colour files reduced to luma.',
      ),
    resize: resize.optional().describe('Default: the size of the file.'),
    crop: z.strictObject({ width, height }).optional().describe('Cuts out the centre, in pixels. Default: all of it.'),
    range: z
      .tuple([z.number(), z.number()])
      .default([0, 1])
      .describe('What black (0) and full intensity (255) become: [0, 1], [-1, 1], [0, 255].'),
    mean: z
      .array(z.number())
      .optional()
      .describe('Subtracted, one number a channel in the order of `colour`, in units of `range`. Default: 0.'),
    std: z
      .array(z.number().positive())
      .optional()
      .describe('Divides after the mean, one number a channel in the order of `colour`. Default: 1.'),
    layout: z.enum(['NCHW', 'NHWC']).default('NCHW').describe('Order of the axes of a batch.'),
  })
  .superRefine(({ colour, range, mean, std }, context) => {
    const channels = channelsOf[colour]
    for (const [key, values] of Object.entries({ mean, std }))
      if (values && values.length !== channels)
        context.addIssue({
          code: 'custom',
          path: [key],
          message: `${colour} has ${channels} channel${channels > 1 ? 's' : ''}, so ${key} must have ${channels} number${channels > 1 ? 's' : ''}, not ${values.length}`,
        })
    if (range[0] === range[1])
      context.addIssue({ code: 'custom', path: ['range'], message: 'both ends of the range are the same' })
  })

export type Preprocess = z.output<typeof preprocessSchema>
/** As a user writes it: what has a default may be left out. */
export type PreprocessInput = z.input<typeof preprocessSchema>
