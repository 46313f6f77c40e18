import type { Seed } from './seed.ts'

const recipes = {
  int8: `
# A comment
model: ../examples/models/mobilenet-v1-0.5.onnx
data:
  preprocess: { colour: grey, range: [0, 1], mean: [0.286], std: [0.353] }
  calibration:
    kind: idx
    images: train-images-idx3-ubyte.gz
  validation: &validation
    kind: idx
    images: t10k-images-idx3-ubyte.gz
    labels: t10k-labels-idx1-ubyte.gz
    split: { fraction: 0.1, seed: 1, part: held-out }
stages:
  - name: int8
    use:
      - quant.static: { observer: { percentile: { percentile: 99.9 } }, samples: 512, exclude: ['*Softmax*'] }
accept:
  accuracyDrop: 0.3 # percentage points
  size: 0.3
`,
  train: `
model: { create: mobilenet-v1, width: 0.5, input: [1, 28, 28], classes: 10 }
seed: 1
data:
  preprocess: { colour: RGB, resize: { width: 28, height: 28 }, layout: NCHW }
  augment: { horizontalFlip: true, cropPadding: 2, randomErasing: { area: [0.1, 0.2] }, mixup: { probability: 0.5 } }
  train: { kind: image-folder, path: images, classes: [cat, dog] }
  validation: { kind: image-list, path: list.csv, classes: 2 }
stages:
  - name: train
    train: { epochs: 14, batchSize: 64, optimizer: { learningRate: 0.1, momentum: 0.9, weightDecay: 0.0005 }, schedule: { warmupEpochs: 1 } }
  - { name: int8, use: [quant.static] }
runtime: { threads: 2 }
evaluate: { batchSize: 10, fidelitySamples: 20 }
`,
  json: JSON.stringify({
    model: 'model.onnx',
    data: { validation: { kind: 'idx', images: 'images', labels: 'labels', classes: ['a', 'b'] } },
    stages: [{ name: 'one', use: [{ 'quant.static': { observer: 'min-max', activations: 'int8', symmetric: true } }] }],
    accept: { accuracyDrop: 1 },
  }),
}

/** Recipes that are valid: YAML in its block and flow forms, and JSON. */
export const recipeSeeds: readonly Seed[] = Object.entries(recipes).map(([name, text]) => ({
  name,
  bytes: Buffer.from(text, 'utf8'),
}))
