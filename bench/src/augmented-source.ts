import { mkdirSync, rmSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { type BatchOptions, createRandom, type DataSource } from '@pare/core-graph'
import { type AugmentInput, openDataSource } from '@pare/data'
import { classes, type TrainingCase } from './training-cases.ts'

/** How images are changed at random: what small images are usually trained with, and all that there is. */
export const augmentations = {
  light: { horizontalFlip: true, cropPadding: 4 },
  full: {
    horizontalFlip: true,
    cropPadding: 4,
    colourJitter: {},
    randAugment: {},
    mixup: { probability: 0.5 },
    cutmix: { probability: 0.5 },
  },
} as const satisfies Readonly<Record<string, AugmentInput>>

/** Batches in one pass over the file. */
const fileBatches = 64

/**
 * Images of noise out of a file, changed at random in a thread of their own: one pass after the other.
 * @param steps how many batches it says to have
 * @param gate is waited for before each
 */
export async function augmentedSource(
  { input: [channels, height, width], batchSize, create }: TrainingCase,
  augmentation: keyof typeof augmentations,
  steps: number,
  gate: () => Promise<void>,
): Promise<DataSource> {
  const folder = join(import.meta.dirname, `../.work/images-${process.pid}`)
  mkdirSync(folder, { recursive: true })
  process.once('exit', () => rmSync(folder, { recursive: true }))
  const random = createRandom(7)
  const count = fileBatches * batchSize
  const bytes = (length: number, below: number) => Uint8Array.from({ length }, () => below * random())
  writeNumpy(
    join(folder, 'images.npy'),
    [count, height, width, channels],
    bytes(count * height * width * channels, 256),
  )
  writeNumpy(join(folder, 'labels.npy'), [count], bytes(count, classes))
  const data = await openDataSource(
    { kind: 'numpy', images: 'images.npy', labels: 'labels.npy' },
    {
      baseDirectory: folder,
      inputs: create().inputs,
      preprocess: {
        colour: channels === 1 ? 'grey' : 'RGB',
        range: [0, 1],
        mean: Array(channels).fill(0.5),
        std: Array(channels).fill(0.25),
      },
      augment: augmentations[augmentation],
    },
  )
  return {
    size: steps * batchSize,
    labelled: true,
    async *batches(options: BatchOptions) {
      for (let epoch = 0; ; epoch++)
        for await (const batch of data.batches({ ...options, shuffle: { seed: 1, epoch } })) {
          await gate()
          yield batch
        }
    },
  }
}

/** Bytes as an array in NumPy's format, version 1.0: a head of a multiple of 64 bytes, then the elements. */
function writeNumpy(path: string, dims: readonly number[], data: Uint8Array): void {
  const entries = `{'descr': '|u1', 'fortran_order': False, 'shape': (${dims.join(', ')},), }`
  const text = `${entries.padEnd(64 * Math.ceil((entries.length + 11) / 64) - 11)}\n`
  const head = Buffer.from(`\x93NUMPY\x01\x00\0\0${text}`, 'latin1')
  head.writeUInt16LE(text.length, 8)
  writeFileSync(path, Buffer.concat([head, data]))
}
