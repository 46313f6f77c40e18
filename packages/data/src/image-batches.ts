import { DataError, type Random } from '@pare/core-graph'
import { type Augment, changedAtRandom, mixBatch, randomOfSample, resizedAtRandom } from './augment.ts'
import type { BatchRequest, MadeBatch } from './batch-maker.ts'
import { centreOf, cutOut } from './cut-out.ts'
import { channelsOf, type Pixels, withChannels } from './pixels.ts'
import { croppedSize, resized, valueTables, writeSample } from './prepare.ts'
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
  const { colour, layout } = preprocess
  const channels = channelsOf[colour]

  const read = async (index: number) => withChannels(await reader.read(index), colour)
  const sizeOf = (image: Pixels, index: number) => croppedSize(image, preprocess, () => reader.nameOf(index))
  const size = sizeOf(resized(await read(first), preprocess), first)
  const { height, width } = size
  const sampleDims = layout === 'NCHW' ? [channels, height, width] : [height, width, channels]
  const sampleLength = channels * height * width

  const inSize = (image: Pixels, index: number) => {
    const whole = resized(image, preprocess)
    const own = sizeOf(whole, index)
    if (own.height === height && own.width === width) return whole
    throw new DataError({
      code: 'DATA_IMAGE_SIZE',
      message: `${reader.nameOf(index)} comes to ${own.width}×${own.height} pixels, the first sample to ${width}×${height}.`,
      hint: 'Declare a resize (and a crop) in the preprocessing, so that all come to one size.',
    })
  }
  const load = async (index: number, random: Random | undefined): Promise<Pixels> => {
    const image = await read(index)
    if (random) {
      const sized = resizedAtRandom(image, size, augment, random) ?? inSize(image, index)
      return changedAtRandom(sized, size, augment, random)
    }
    const whole = inSize(image, index)
    return cutOut(whole, centreOf(whole, size))
  }

  const make = async (indices: Uint32Array, draw: BatchRequest['augment']): Promise<MadeBatch> => {
    const elements = new Float32Array(indices.length * sampleLength)
    // In the order of the file, so that what is read as a whole is read once.
    const pending = [...indices.entries()].sort(([, one], [, other]) => one - other).values()
    const lane = async () => {
      for (const [position, index] of pending) {
        const image = await load(index, draw && randomOfSample(draw, index))
        writeSample(image, { elements, layout, colour, tables, offset: position * sampleLength })
      }
    }
    await Promise.all(Array.from({ length: samplesAtOnce }, lane))
    const count = indices.length
    const mixture = draw && mixBatch({ elements, count, channels, height, width, layout }, augment, draw)
    const { labels } = reader
    return {
      inputs: {
        [inputName]: { dataType: 'float32', dims: [count, ...sampleDims], data: mixture?.elements ?? elements },
      },
      mixed: mixture && {
        labels: Int32Array.from(mixture.partners, partner => labels?.[indices[partner] ?? 0] ?? 0),
        shares: new Float32Array(count).fill(mixture.share),
      },
    }
  }
  return { inputs: { [inputName]: { dataType: 'float32' as const, dims: sampleDims } }, make }
}
