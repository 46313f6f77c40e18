import { existsSync } from 'node:fs'
import { readFile, writeFile } from 'node:fs/promises'
import { tensorBytes } from '@pare/core-graph'
import { readModel } from '@pare/runtime'
import { expect, test } from 'vitest'
import { playground, run } from './testing/playground.ts'

playground({ samples: 80 })

const recipe = (stage: string) => `
model: model.onnx
data:
  preprocess: { colour: grey }
  train: { kind: idx, images: images, labels: labels }
  validation: { kind: idx, images: images, labels: labels }
stages: [${stage}]
`

const data = ['--data', 'images', '--labels', 'labels', '--preprocess', 'preprocess.yaml']

test('a dry run says what would be trained, what not, the memory and the time; it writes nothing', async () => {
  await writeFile('dry.yaml', recipe('{ name: tune, train: { epochs: 3, batchSize: 16, freeze: ["classifier*"] } }'))
  const { code, out } = await run('train', 'dry.yaml', '--dry-run')
  expect(code).toBe(0)
  expect(out).toMatch(
    /^tune\n {2}epochs +3, each of 5 steps of 16 samples\n {2}trained +[\d.]+ k parameters in 27 tensors: /,
  )
  expect(out).toContain('2 tensors: classifier/weight, classifier/bias; kept by freeze')
  expect(out).toMatch(/memory +[\d.]+ kB of state; a step of standard operators needs [\d.]+ MB or more/)
  expect(out).toMatch(/time +[\d.]+ ms a step, as 4 steps took\n +\S+ s an epoch, \S+ s in all/)
  expect(existsSync('runs')).toBe(false)
  const { stages, notes } = JSON.parse((await run('train', 'dry.yaml', '--dry-run', '--json')).out)
  expect(stages).toMatchObject([{ stage: 'tune', stepsPerEpoch: 5, measured: { steps: 4 } }])
  expect(notes).toEqual([])
})

test('a recipe is trained, and the weights that are frozen stay', async () => {
  await writeFile('tune.yaml', recipe('{ name: tune, train: { epochs: 1, batchSize: 16, freeze: ["classifier*"] } }'))
  const { code, out, err } = await run('train', 'tune.yaml', '-o', 'tuned')
  expect(code).toBe(0)
  expect(err).toMatch(/1-tune: epoch 1: loss [\d.]+, accuracy [\d.]+; on the validation data top1 [\d.]+/)
  expect(out).toContain('\ntune: the model of epoch 1 of 1, the best by top-1\n')
  expect(out).toMatch(/\ndone \(/)
  const weights = async (path: string, name: string) => {
    const tensor = (await readModel(path)).initializers.get(name)
    return tensor && tensorBytes(tensor)
  }
  for (const [name, stays] of [
    ['classifier/weight', true],
    ['stem/weight', false],
  ] as const) {
    const before = await weights('model.onnx', name)
    const after = await weights('tuned/model.onnx', name)
    expect(before).toBeDefined()
    if (stays) expect(after).toEqual(before)
    else expect(after).not.toEqual(before)
  }
  expect(await run('train', 'tune.yaml', '-o', 'tuned', '--resume')).toMatchObject({ code: 0 })
})

test('--no-lowering is part of what the run is: the folder keeps it, and --resume wants it again', async () => {
  await writeFile('plain.yaml', recipe('{ name: tune, train: { epochs: 1, batchSize: 16 } }'))
  expect(await run('train', 'plain.yaml', '--no-lowering', '-o', 'plain')).toMatchObject({ code: 0 })
  expect(await readFile('plain/recipe.yaml', 'utf8')).toContain('lowering: false')
  const resumed = await run('train', 'plain.yaml', '-o', 'plain', '--resume')
  expect(resumed.err).toContain('stages.0.train.lowering of the recipe')
  expect(await run('train', 'plain.yaml', '--no-lowering', '-o', 'plain', '--resume')).toMatchObject({ code: 0 })
})

test('a model is trained without a recipe, on all samples but those held out', async () => {
  const flags = ['--epochs', '1', '--batch-size', '8', '--learning-rate', '0.01', '--hold-out', '0.5']
  const { code, out } = await run('train', 'model.onnx', ...data, ...flags, '--json')
  expect(code).toBe(0)
  const { output, stages } = JSON.parse(out)
  expect(output).toMatch(/model\.trained\.onnx$/)
  expect((await readModel('model.trained.onnx')).initializers.size).toBeGreaterThan(0)
  expect(stages[0].details[0].options).toMatchObject({ epochs: 1, batchSize: 8, optimizer: { learningRate: 0.01 } })
  const kept = await readFile('runs/train-model/1/recipe.yaml', 'utf8')
  expect(kept).toMatch(/part: train[\s\S]*part: held-out/)
  const planned = await run('train', 'model.onnx', ...data, ...flags, '--dry-run')
  expect(planned.out).toContain('1, each of 5 steps of 8 samples')
})

test("a model is trained for classes of one's own, by a last layer drawn anew", async () => {
  const flags = ['--epochs', '1', '--batch-size', '16', '--classes', '6', '--freeze', 'stem*', '-o', 'six.onnx']
  expect(await run('train', 'model.onnx', ...data, ...flags)).toMatchObject({ code: 0 })
  expect((await readModel('six.onnx')).initializers.get('classifier/bias')?.dims).toEqual([6])
})

test.each([
  ['a recipe that does not train', ['int8.yaml'], 'RECIPE_TRAIN: No stage of int8.yaml trains.'],
  ['a model without data', ['model.onnx'], 'RECIPE_FLAG: model.onnx is a model, and there is no data to train it on.'],
  [
    'what a recipe says',
    ['int8.yaml', '--batch-size', '8'],
    'RECIPE_FLAG: --batch-size is given, but a recipe says that',
  ],
  ['a share above 1', ['model.onnx', ...data, '--hold-out', '2'], 'It must be between 0 and 1, such as 0.1.'],
  [
    'too few samples',
    ['model.onnx', ...data, '--batch-size', '100'],
    'DATA_SIZE: 72 training samples do not fill a batch',
  ],
  ['no labels', ['model.onnx', '--data', 'images'], 'DATA_LABELS: The training data has no labels.'],
  [
    'a dry run to be resumed',
    ['int8.yaml', '--dry-run', '--resume'],
    "option '--dry-run' cannot be used with option '--resume'",
  ],
])('%s is refused', async (_, args, message) => {
  await writeFile('int8.yaml', recipe('{ name: int8, use: [quant.static] }'))
  const { code, err } = await run('train', ...args)
  expect(code).toBe(2)
  expect(err).toContain(message)
})
