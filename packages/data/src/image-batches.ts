import { DataError, type TensorMap } from '@pare/core-graph'
import { type Augment, drawChange, noChange } from './augment.ts'
import { channelsOf } from './pixels.ts'
import { colourAndResize, croppedSize, valueTables, writeSample } from './prepare.ts'
import type { Preprocess } from './preprocess.ts'
import type { ImageReader } from './reader.ts'

// Decoded photographs are large: no more than these are in memory at a time, enough to keep sharp's threads busy.
const samplesAtOnce = 8

interface ImagePlan {
  readonly preprocess: Preprocess
  readonly augment: Augment
  /** The model's input that takes the images. */
  readonly inputName: string
}

/** Batches of preprocessed images. Looks at the first sample, whose shape all others must have. */
export async function imageBatches(reader: ImageReader, first: number, { preprocess, augment, inputName }: ImagePlan) {
  const tables = valueTables(preprocess)
  const channels = channelsOf[preprocess.colour]

  const load = async (index: number) => {
    const image = colourAndResize(await reader.read(index), preprocess)
    return { image, size: croppedSize(image, preprocess, reader.nameOf(index)) }
  }
  const { size } = await load(first)
  const { height, width } = size
  const sampleDims = preprocess.layout === 'NCHW' ? [channels, height, width] : [height, width, channels]
  const sampleLength = channels * height * width

  const make = async (
    indices: Uint32Array,
    draw: { readonly seed: number; readonly epoch: number } | undefined,
  ): Promise<TensorMap> => {
    const data = new Float32Array(indices.length * sampleLength)
    const target = { elements: data, layout: preprocess.layout, colour: preprocess.colour, tables }
    // In the order of the file, so that what is read as a whole is read once.
    const pending = [...indices.entries()].sort(([, one], [, other]) => one - other).values()
    const lane = async () => {
      for (const [position, index] of pending) {
        const loaded = await load(index)
        if (loaded.size.height !== height || loaded.size.width !== width)
          throw new DataError({
            code: 'DATA_IMAGE_SIZE',
            message: `${reader.nameOf(index)} comes to ${loaded.size.width}×${loaded.size.height} pixels, the first sample to ${width}×${height}.`,
            hint: 'Declare a resize (and a crop) in the preprocessing, so that all come to one size.',
          })
        const change = draw ? drawChange(augment, draw.seed, draw.epoch, index) : noChange
        writeSample(loaded.image, size, change, { ...target, offset: position * sampleLength })
      }
    }
    await Promise.all(Array.from({ length: samplesAtOnce }, lane))
    return { [inputName]: { dataType: 'float32', dims: [indices.length, ...sampleDims], data } }
  }
  return { inputs: { [inputName]: { dataType: 'float32' as const, dims: sampleDims } }, make }
}
