import { readFileSync } from 'node:fs'
import { type Graph, loadModel } from '@pare/core-graph'
import type { ProofBatch } from '../../../packages/train/src/testing/gradient-proof.ts'
import type { TrainOptionsInput } from '../../../packages/train/src/train-options.ts'

/** A classifier of 10 classes for images `[N, 3, 32, 32]` that PyTorch exported (`models/make/trainable.py`). */
export interface TrainableModel {
  readonly name: string
  readonly load: () => Graph
  /** What it learns fast by. */
  readonly optimizer: TrainOptionsInput['optimizer']
  /** A batch whose step is lowered: a multiple of the runtime's blocks, as small as the model takes. */
  readonly lowered: Pick<ProofBatch, 'size' | 'image'>
}

export const image = [3, 32, 32] as const
const [half, whole] = [
  { size: 16, image: [3, 16, 16] },
  { size: 16, image },
]
const momentum = { kind: 'sgd', learningRate: 0.05 } as const
const adaptive = { kind: 'adamw', learningRate: 2e-3 } as const

export const trainableModels: readonly TrainableModel[] = [
  { name: 'mobilenet-v2', optimizer: momentum, lowered: half },
  { name: 'mobilenet-v3', optimizer: momentum, lowered: half },
  { name: 'resnet', optimizer: momentum, lowered: half },
  { name: 'efficientnet-lite', optimizer: momentum, lowered: whole },
  { name: 'efficientnet-lite-folded', optimizer: adaptive, lowered: whole },
  { name: 'vit', optimizer: adaptive, lowered: whole },
  { name: 'vit-dynamo', optimizer: adaptive, lowered: whole },
].map(model => ({
  ...model,
  load: () => loadModel(readFileSync(new URL(`../../models/trainable/${model.name}.onnx`, import.meta.url))),
}))
