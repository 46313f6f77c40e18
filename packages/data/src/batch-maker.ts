import { DataError, type DataType, type MixedLabels, type TensorMap } from '@pare/core-graph'
import { type Augment, type BatchDraw, changesNothing, mixes } from './augment.ts'
import { type DataDeclaration, openReader } from './declaration.ts'
import { imageBatches } from './image-batches.ts'
import type { Preprocess } from './preprocess.ts'
import type { ModelInput } from './reader.ts'
import { select } from './selection.ts'
import { tensorBatches } from './tensor-batches.ts'

/** What the batches of a data source are made of and how; plain data, so that it can go to another thread. */
export interface BatchPlan {
  readonly declaration: DataDeclaration
  readonly baseDirectory: string
  /** Of images. */
  readonly preprocess: Preprocess
  readonly augment: Augment
  readonly inputs: readonly ModelInput[]
}

/** What is known once the data is open. */
export interface DataFacts {
  readonly size: number
  readonly labels: Int32Array | undefined
  readonly classNames: readonly string[] | undefined
  /** Type and shape of one sample, by the name of the model's input: of images `[C, H, W]` or `[H, W, C]`. */
  readonly inputs: Readonly<Record<string, { readonly dataType: DataType; readonly dims: readonly number[] }>>
}

export interface BatchRequest {
  /** Places among the selected samples. */
  readonly places: Uint32Array
  /** Changes the samples at random. */
  readonly augment: BatchDraw | undefined
}

/** Samples, stacked, and what they were mixed with. */
export interface MadeBatch {
  readonly inputs: TensorMap
  readonly mixed: MixedLabels | undefined
}

export interface BatchMaker {
  readonly facts: DataFacts
  /** @throws DataError naming the sample that cannot be read, or why samples cannot be changed as is asked */
  readonly make: (request: BatchRequest) => Promise<MadeBatch>
}

/** Opens the data, and sees that it fits the model where that is known. */
export async function openBatchMaker(plan: BatchPlan): Promise<BatchMaker> {
  const { declaration, baseDirectory, inputs } = plan
  const reader = await openReader(declaration, baseDirectory, inputs)
  const selected = select(reader.size, declaration)
  const { labels, classNames } = reader
  const batches =
    reader.kind === 'tensors'
      ? tensorBatches(reader, inputs)
      : await imageBatches(reader, selected[0] ?? 0, { ...plan, inputName: inputs[0]?.name ?? 'input' })
  return {
    facts: {
      size: selected.length,
      labels: labels && Int32Array.from(selected, index => labels[index] ?? 0),
      classNames,
      inputs: batches.inputs,
    },
    make: async ({ places, augment }) => {
      if (augment && reader.kind === 'tensors' && !changesNothing(plan.augment)) throw notImages()
      if (augment && !labels && mixes(plan.augment)) throw notLabelled()
      return batches.make(
        places.map(place => selected[place] ?? 0),
        augment,
      )
    },
  }
}

const notImages = () =>
  new DataError({
    code: 'DATA_AUGMENT',
    message: 'Samples are to be changed at random as images are, but they are tensors.',
    hint: 'Leave out `augment`, or save augmented samples.',
  })

const notLabelled = () =>
  new DataError({
    code: 'DATA_AUGMENT',
    message: 'Samples are to be mixed, and with them their labels, but they have none.',
    hint: 'Leave out `mixup` and `cutmix`, or give the class of each sample.',
  })
