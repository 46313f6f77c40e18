import type { Graph } from '@pare/core-graph'
import { createModel } from '@pare/models'

/** A network as both sides train it. */
export interface TrainingCase {
  readonly label: string
  /** @param seed of the weights; default 1 */
  readonly create: (seed?: number) => Graph
  /** `[C, H, W]` */
  readonly input: readonly [number, number, number]
  readonly batchSize: number
  /** What `peers/training.py` makes of it: the family and its width. */
  readonly peer: readonly [family: string, width: number]
}

/** Of every case. */
export const classes = 10

const mobilenetV1 = (width: number): TrainingCase => ({
  label: `MobileNetV1 ${width.toFixed(2)}, 28×28`,
  create: (seed = 1) => createModel('mobilenet-v1', { width, input: [1, 28, 28], classes, seed }),
  input: [1, 28, 28],
  batchSize: 64,
  peer: ['mobilenet-v1', width],
})

/** By the name that a command takes. */
export const trainingCases: Readonly<Record<string, TrainingCase>> = {
  'mobilenet-v1-0.25': mobilenetV1(0.25),
  'mobilenet-v1-0.5': mobilenetV1(0.5),
  'mobilenet-v1-1.0': mobilenetV1(1),
  'mobilenet-v2': {
    label: 'MobileNetV2 1.00, 96×96',
    create: (seed = 1) => createModel('mobilenet-v2', { input: [3, 96, 96], classes, seed }),
    input: [3, 96, 96],
    batchSize: 32,
    peer: ['mobilenet-v2', 1],
  },
  'resnet-18': {
    label: 'ResNet-18, 32×32',
    create: (seed = 1) => createModel('resnet', { depth: 18, input: [3, 32, 32], classes, seed }),
    input: [3, 32, 32],
    batchSize: 64,
    peer: ['resnet-18', 1],
  },
}

/** @throws Error that names the cases, for a name that is none */
export function trainingCase(name: string): TrainingCase {
  const found = trainingCases[name]
  if (found) return found
  throw new Error(`There is no case ${name}; there are ${Object.keys(trainingCases).join(', ')}.`)
}
