// Accuracy beside PyTorch with the same recipe: MobileNetV1 0.25 on Fashion-MNIST, on both sides from several seeds.
//   npm run build && npm run pare -- data fetch fashion-mnist
//   node bench/src/training-parity.ts [--seeds 1,2,3] [--epochs 5] [--images 60000] [--threads 2] [--python bench/peers/.venv/bin/python]
// Each training is a line of bench/.work/training-parity.jsonl as soon as it is done; what stands there is not done again.

import { spawn } from 'node:child_process'
import { appendFileSync, existsSync, mkdirSync, readFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { datasetOf, openDataSource } from '@pare/data'
import { createEvaluator } from '@pare/evaluate'
import { createExecutor } from '@pare/runtime'
import { train } from '@pare/train'
import { median, table } from './table.ts'
import { peerPython } from './tools.ts'
import { trainingCase } from './training-cases.ts'

const root = join(import.meta.dirname, '../..')
const { values: options } = parseArgs({
  options: {
    seeds: { type: 'string', default: '1,2,3' },
    epochs: { type: 'string', default: '5' },
    images: { type: 'string', default: '60000' },
    threads: { type: 'string', default: '2' },
    python: { type: 'string', default: peerPython },
    data: { type: 'string', default: join(root, '.pare/datasets/fashion-mnist') },
    output: { type: 'string', default: join(root, 'bench/.work/training-parity.jsonl') },
  },
})

/** What both sides do. */
interface Recipe {
  readonly seed: number
  readonly epochs: number
  /** Of the training images, the first so many. */
  readonly images: number
  readonly batchSize: number
  readonly learningRate: number
  readonly momentum: number
  readonly weightDecay: number
  readonly warmupEpochs: number
  readonly cropPadding: number
}

interface Outcome {
  /** Share of the test images that are classified rightly after the last epoch. */
  readonly top1: number
  readonly seconds: number
}

type Line = Outcome & { readonly tool: Tool; readonly recipe: Recipe }
type Tool = 'Pare' | 'PyTorch'

const name = 'mobilenet-v1-0.25'
const task = trainingCase(name)
const threads = Number(options.threads)
const { splits, preprocess } = datasetOf('fashion-mnist')

async function withPare({
  seed,
  epochs,
  images,
  batchSize,
  learningRate,
  momentum,
  weightDecay,
  ...recipe
}: Recipe): Promise<Outcome> {
  const started = performance.now()
  const executor = createExecutor({ threads })
  const model = task.create(seed)
  const opened = { preprocess, baseDirectory: options.data, inputs: model.inputs }
  const augment = { horizontalFlip: true, cropPadding: recipe.cropPadding }
  await using source = await openDataSource({ ...splits.train, subset: { take: images } }, { ...opened, augment })
  await using test = await openDataSource(splits.test, opened)
  const { epochs: results } = await train(model, {
    options: {
      epochs,
      batchSize,
      optimizer: { kind: 'sgd', learningRate, momentum, weightDecay },
      schedule: { kind: 'cosine', warmupEpochs: recipe.warmupEpochs },
    },
    source,
    executor,
    evaluate: createEvaluator({ executor, source: test, limit: test.size, batchSize: 250 }),
    seed,
    onEpoch: ({ epoch, loss, metrics }) => report('Pare', seed, epoch, loss, metrics.top1),
  })
  return { top1: results.at(-1)?.metrics.top1 ?? 0, seconds: (performance.now() - started) / 1000 }
}

function withPyTorch(recipe: Recipe): Promise<Outcome> {
  const { mean = [], std = [] } = preprocess
  const given = {
    ...recipe,
    width: task.peer[1],
    input: task.input,
    threads,
    data: options.data,
    mean: mean[0],
    std: std[0],
  }
  const script = join(import.meta.dirname, '../peers/training_parity.py')
  const child = spawn(options.python, [script, JSON.stringify(given)], { stdio: ['ignore', 'pipe', 'inherit'] })
  let printed = ''
  child.stdout.setEncoding('utf8').on('data', text => {
    printed += text
  })
  return new Promise((resolve, reject) => {
    child.once('error', reject)
    child.once('close', code => (code === 0 ? resolve(JSON.parse(printed)) : reject(new Error(`${script}: ${code}`))))
  })
}

function report(tool: Tool, seed: number, epoch: number, loss: number, top1 = 0): void {
  console.error(`${tool}, seed ${seed}, epoch ${epoch}: loss ${loss.toFixed(4)}, top-1 ${(100 * top1).toFixed(2)} %`)
}

mkdirSync(join(options.output, '..'), { recursive: true })
const lines: Line[] = existsSync(options.output)
  ? readFileSync(options.output, 'utf8')
      .trim()
      .split('\n')
      .filter(Boolean)
      .map(line => JSON.parse(line))
  : []

const recipes = options.seeds.split(',').map(
  (seed): Recipe => ({
    seed: Number(seed),
    epochs: Number(options.epochs),
    images: Number(options.images),
    batchSize: task.batchSize,
    learningRate: 0.1,
    momentum: 0.9,
    weightDecay: 5e-4,
    warmupEpochs: 1,
    cropPadding: 2,
  }),
)

const tools = { Pare: withPare, PyTorch: withPyTorch } as const
const outcomes: Line[] = []
for (const recipe of recipes)
  for (const [tool, work] of Object.entries(tools) as [Tool, (recipe: Recipe) => Promise<Outcome>][]) {
    const known = lines.find(line => line.tool === tool && JSON.stringify(line.recipe) === JSON.stringify(recipe))
    const outcome = known ?? { tool, recipe, ...(await work(recipe)) }
    if (!known) appendFileSync(options.output, `${JSON.stringify(outcome)}\n`)
    outcomes.push(outcome)
  }

const percent = (share: number) => `${(100 * share).toFixed(2)} %`
const rows = Object.keys(tools).map(tool => {
  const own = outcomes.filter(outcome => outcome.tool === tool)
  const top1 = own.map(outcome => outcome.top1)
  const mean = top1.reduce((a, b) => a + b, 0) / top1.length
  const deviation = Math.sqrt(top1.reduce((sum, value) => sum + (value - mean) ** 2, 0) / Math.max(1, top1.length - 1))
  return [
    tool,
    ...top1.map(percent),
    percent(mean),
    percent(deviation),
    median(own.map(({ seconds }) => seconds)).toFixed(0),
  ]
})
const head = [`${task.label}, ${options.epochs} epochs`, ...recipes.map(({ seed }) => `seed ${seed}`)]
console.log(table([...head, 'mean', 'deviation', 'seconds'], rows))
