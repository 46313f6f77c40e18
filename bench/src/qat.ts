// What each way to find scales gains and costs in quantization-aware training: the example model, trained for a further
// 300 steps on Fashion-MNIST, measured on the 5,000 training images that it was not trained with.
//   npm run build && npm run pare -- data fetch fashion-mnist && node bench/src/qat.ts ['{"weightBits":4}' …]

import { join } from 'node:path'
import { datasetOf, openDataSource } from '@pare/data'
import { createEvaluator } from '@pare/evaluate'
import { prepareQat, quantizeStatic } from '@pare/quant'
import { createExecutor, readModel } from '@pare/runtime'
import { train } from '@pare/train'
import { table } from './table.ts'

const ways: readonly string[] = [
  '{}',
  '{"perChannel":false}',
  '{"activationScale":"range"}',
  '{"activationScale":"abs-max"}',
  '{"activationScale":"learned"}',
  '{"activationScale":"learned","weightScale":"learned"}',
  '{"activationScale":"learned","batchNorm":{"epochs":1}}',
  '{"activationScale":"learned","weightBits":4}',
  '{"activationScale":"learned","weightBits":4,"weightScale":"learned"}',
  '{"weightBits":4,"activationBits":4,"weightScale":"learned"}',
  '{"activationScale":"learned","weightBits":4,"activationBits":4,"weightScale":"learned"}',
]

const root = join(import.meta.dirname, '../..')
const executor = createExecutor({ threads: 1 })
const model = await readModel(join(root, 'examples/models/mobilenet-v1-0.25.onnx'))
const { splits, preprocess } = datasetOf('fashion-mnist')
const opened = { preprocess, baseDirectory: join(root, '.pare/datasets/fashion-mnist'), inputs: model.inputs }
const partOf = (part: 'train' | 'held-out') =>
  openDataSource({ ...splits.train, split: { fraction: 0.08333333, seed: 1, part } }, opened)
await using whole = await partOf('train')
await using validation = await partOf('held-out')
const evaluate = createEvaluator({ executor, source: validation, limit: 5000, batchSize: 100 })

const [steps, batchSize] = [150, 64]
const size = steps * batchSize
const source = {
  size,
  labelled: true,
  batches: (options: Parameters<typeof whole.batches>[0]) =>
    whole.batches({ ...options, limit: Math.min(options.limit ?? size, size) }),
}
const context = { executor, calibration: whole }
const share = (value: number | undefined) => `${(100 * (value ?? 0)).toFixed(2)} %`

const after = await quantizeStatic(model, context)
const rows = [
  ['float', share((await evaluate(model)).top1), '', ''],
  ['after training', share((await evaluate(after.graph)).top1), '', ''],
]
const asked = process.argv.slice(2)
for (const way of asked.length > 0 ? asked : ways) {
  const { graph, training, details } = await prepareQat(model, context, JSON.parse(way))
  const started = performance.now()
  const { graph: int8, best } = await train(graph, {
    options: { epochs: 2, batchSize, optimizer: { learningRate: 0.001 }, augment: false },
    source,
    executor,
    evaluate,
    parts: [training],
    seed: 1,
  })
  const seconds = (performance.now() - started) / 1000
  const { agreement } = details.exported?.kernels ?? {}
  rows.push([way, share((await evaluate(int8)).top1), share(best.metrics.top1), share(agreement), seconds.toFixed(0)])
}
console.log(table(['', 'int8', 'while training', 'kernels agree', 'seconds'], rows))
