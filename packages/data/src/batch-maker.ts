import { DataError } from '@pare/core-graph'
import { type Augment, drawChange, noChange } from './augment.ts'
import { type DataDeclaration, openReader } from './declaration.ts'
import { channelsOf } from './pixels.ts'
import { colourAndResize, croppedSize, valueTables, writeSample } from './prepare.ts'
import type { Preprocess } from './preprocess.ts'
import { select } from './selection.ts'

/** What the batches of a data source are made of and how; plain data, so that it can go to another thread. */
export interface BatchPlan {
  readonly declaration: DataDeclaration
  readonly baseDirectory: string
  readonly preprocess: Preprocess
  readonly augment: Augment
}

/** What is known once the data is open. */
export interface DataFacts {
  readonly size: number
  readonly labels: Int32Array | undefined
  readonly classNames: readonly string[] | undefined
  /** Shape of one sample: `[C, H, W]` or `[H, W, C]`. */
  readonly sampleDims: readonly number[]
}

export interface BatchRequest {
  /** Places among the selected samples. */
  readonly places: Uint32Array
  /** Changes the samples at random as this seed and epoch have it. */
  readonly augment: { readonly seed: number; readonly epoch: number } | undefined
}

export interface BatchMaker {
  readonly facts: DataFacts
  /** The samples one after another. @throws DataError naming the sample that cannot be read. */
  readonly make: (request: BatchRequest) => Promise<Float32Array<ArrayBuffer>>
}

// Decoded photographs are large: no more than these are in memory at a time, enough to keep sharp's threads busy.
const samplesAtOnce = 8

/** Opens the data and looks at the first sample, whose shape all others must have. */
export async function openBatchMaker({
  declaration,
  baseDirectory,
  preprocess,
  augment,
}: BatchPlan): Promise<BatchMaker> {
  const reader = await openReader(declaration, baseDirectory)
  const selected = select(reader.size, declaration)
  const { labels } = reader
  const indexAt = (place: number) => selected[place] ?? 0
  const tables = valueTables(preprocess)
  const channels = channelsOf[preprocess.colour]

  const load = async (index: number) => {
    const image = colourAndResize(await reader.read(index), preprocess)
    return { image, size: croppedSize(image, preprocess, reader.nameOf(index)) }
  }
  const { size } = await load(indexAt(0))
  const { height, width } = size
  const sampleDims = preprocess.layout === 'NCHW' ? [channels, height, width] : [height, width, channels]
  const sampleLength = channels * height * width

  const make = async ({ places, augment: draw }: BatchRequest) => {
    const elements = new Float32Array(places.length * sampleLength)
    const target = { elements, layout: preprocess.layout, colour: preprocess.colour, tables }
    const pending = places.entries()
    const lane = async () => {
      for (const [position, place] of pending) {
        const index = indexAt(place)
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
    return elements
  }

  const facts = {
    size: selected.length,
    labels: labels && Int32Array.from(selected, index => labels[index] ?? 0),
    classNames: reader.classNames,
    sampleDims,
  }
  return { facts, make }
}
