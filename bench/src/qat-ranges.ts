// The scales that quantization-aware training finds, beside PyTorch's own fake quantize modules: a small network with the
// same weights gets the same batches on both sides.
//   npm run build && node bench/src/qat-ranges.ts [--batches 20] [--rate 0.9] [--learning-rate 0.001] [--bits 8]
//     [--python bench/peers/.venv/bin/python]
// The peer: python3 -m venv bench/peers/.venv && bench/peers/.venv/bin/pip install -r bench/peers/requirements-training.txt
// Weights stay as they are, so that only what finds scales can differ.

import { execFileSync } from 'node:child_process'
import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { prepareQat } from '@pare/quant'
import { createExecutor } from '@pare/runtime'
import { train } from '@pare/train'
import { layers, network, observedBatches } from './qat-network.ts'
import { tensorSource } from './samples.ts'
import { table } from './table.ts'
import { peerPython } from './tools.ts'

const { values: options } = parseArgs({
  options: {
    batches: { type: 'string', default: '20' },
    rate: { type: 'string', default: '0.9' },
    'learning-rate': { type: 'string', default: '0.001' },
    bits: { type: 'string', default: '8' },
    python: { type: 'string', default: peerPython },
  },
})
const [batches, rate, learningRate] = [options.batches, options.rate, options['learning-rate']].map(Number)
const activationBits = Number(options.bits) as 8
const batchSize = 16
const executor = createExecutor({ threads: 1 })
const { images, labels } = observedBatches(batches ?? 0, batchSize)
const source = tensorSource('input', images, labels)
const calibration = tensorSource('input', observedBatches(1, batchSize, 2).images)

/** What the values' scales begin as and what they are after the batches. */
async function withPare(
  activationScale: 'learned' | { 'moving-average': { rate: number } },
  { freeze, learningRate }: { readonly freeze: readonly string[]; readonly learningRate: number },
) {
  const { graph, details, training } = await prepareQat(
    network(),
    { executor, calibration },
    { activationScale, activationBits, bias: 'float', observer: 'min-max', samples: batchSize, freezeObservers: 1 },
  )
  await train(graph, {
    options: {
      epochs: 1,
      batchSize,
      freeze: [...freeze],
      optimizer: { kind: 'sgd', learningRate, momentum: 0, weightDecay: 0 },
      schedule: { kind: 'constant' },
    },
    source,
    executor,
    evaluate: async () => ({ top1: 0 }),
    parts: [training],
    seed: 1,
  })
  // Others share the scale of one of these.
  return (details.exported?.values ?? []).filter(({ calibrated }) => calibrated)
}

const weights = layers.flatMap(({ name }) => [`${name}/weight`, `${name}/bias`])
const found = {
  // Steps so short that no weight of float32 moves.
  observed: await withPare({ 'moving-average': { rate: rate ?? 0 } }, { freeze: [], learningRate: 1e-12 }),
  learned: await withPare('learned', { freeze: weights, learningRate: learningRate ?? 0 }),
}

const work = join(import.meta.dirname, '../.work')
mkdirSync(work, { recursive: true })
const task = join(work, 'qat-ranges.json')
const calibrated = found.observed.map(({ name, calibrated }) => ({ name, ...calibrated }))
writeFileSync(
  task,
  JSON.stringify({
    layers: layers.map(layer => ({ ...layer, weight: [...layer.weight], bias: [...layer.bias] })),
    images: { dims: images.dims, data: [...images.data] },
    labels: [...labels],
    batchSize,
    rate,
    learningRate,
    bits: activationBits,
    calibrated,
  }),
)
const script = join(import.meta.dirname, '../peers/qat_ranges.py')
const peer = JSON.parse(execFileSync(options.python, [script, task], { encoding: 'utf8' })) as {
  readonly version: string
  /** By run and value. */
  readonly scales: Readonly<
    Record<'observed' | 'constant' | 'own' | 'learned' | 'paper', Readonly<Record<string, number>>>
  >
}

const rowsOf = (values: typeof found.observed, runs: readonly (keyof typeof peer.scales)[]) =>
  values.map(({ name, calibrated: { low, high } = { low: 0, high: 0 }, scale }) => [
    name,
    ((Math.max(0, high) - Math.min(0, low)) / (2 ** activationBits - 1)).toPrecision(6),
    scale.toPrecision(6),
    ...runs.flatMap(run => {
      const other = peer.scales[run][name] ?? Number.NaN
      return [other.toPrecision(6), `${((scale / other - 1) * 100).toFixed(5)} %`]
    }),
  ])
console.log(`PyTorch ${peer.version}; scales after ${batches} batches, and by how much Pare's are greater\n`)
const head = (way: string, ...runs: readonly string[]) => [way, 'before', 'Pare', ...runs.flatMap(run => [run, ''])]
const averages = ["Pare's shares", `share ${(1 - (rate ?? 0)).toFixed(2)}`, 'as it comes']
console.log(table(head('moving average', ...averages), rowsOf(found.observed, ['observed', 'constant', 'own'])))
console.log(`\n${table(head('learned', 'by the paper', 'PyTorch'), rowsOf(found.learned, ['paper', 'learned']))}`)
console.log(`
Moving average: all but Pare's shares differ by what a batch counts. In Pare that is 1 / (1 + ρ + … + ρⁿ), ρ the rate, so
that the first batches move it more; in PyTorch it is constant, as it comes 0.01, and the first batch begins the average.
Learned: what is beyond the last level counts as clipped in the paper (Esser et al. 2020, (3)) and in Pare, in PyTorch what
is half a step beyond it. Sums of floats differ in their last digits, so now and then a value is rounded to the other one
of two levels, which the steps after it go on from.`)
