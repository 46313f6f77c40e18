// Accuracy of the example model on Fashion-MNIST after quantization, beside onnxruntime's own Python tool: both
// calibrate on the same 512 training images and are measured on the 10,000 test images.
//   npm run build && npm run pare -- data fetch fashion-mnist && node bench/src/accuracy.ts [--python …]

import { mkdirSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { simplify } from '@pare/core-graph'
import { datasetOf, openDataSource } from '@pare/data'
import { compareModels, createEvaluator } from '@pare/evaluate'
import { createExecutor, readModel, writeModel } from '@pare/runtime'
import { table } from './table.ts'
import { peerPython, quantizeWith, toolNames } from './tools.ts'

const { values: options } = parseArgs({
  options: {
    python: { type: 'string', default: peerPython },
    methods: { type: 'string', default: 'min-max,percentile,kl-divergence' },
  },
})

const root = join(import.meta.dirname, '../..')
const work = join(root, 'bench/.work')
mkdirSync(work, { recursive: true })
const files = { model: join(work, 'example.onnx'), samples: join(work, 'example-samples.bin') }
const executor = createExecutor()
const { graph: float } = simplify(await readModel(join(root, 'examples/models/mobilenet-v1-0.5.onnx')))
await writeModel(files.model, float)

const { splits, preprocess } = datasetOf('fashion-mnist')
const opened = { preprocess, baseDirectory: join(root, '.pare/datasets/fashion-mnist'), inputs: float.inputs }
await using train = await openDataSource(splits.train, opened)
await using test = await openDataSource(splits.test, opened)

for await (const { inputs } of train.batches({ batchSize: 512, limit: 512, shuffle: { seed: 0, epoch: 0 } })) {
  const [tensor] = Object.values(inputs)
  if (tensor) writeFileSync(files.samples, tensor.data)
}

const evaluate = createEvaluator({ executor, source: test, limit: test.size ?? 1, batchSize: 64 })
const share = (value: number | undefined) => `${(100 * (value ?? 0)).toFixed(2)} %`
const rows = [['float', share((await evaluate(float)).top1), '', '']]
for (const method of options.methods.split(','))
  for (const tool of toolNames) {
    const output = join(work, `example.${tool}.${method}.onnx`)
    quantizeWith(tool, { ...files, shape: '1x28x28', method, output }, options.python)
    const int8 = await readModel(output)
    const { agreement, sqnr } = await compareModels(float, int8, {
      executor,
      source: test,
      limit: test.size ?? 1,
      batchSize: 64,
    })
    rows.push([
      `${method}, ${tool}`,
      share((await evaluate(int8)).top1),
      share(agreement),
      `${(sqnr ?? Number.POSITIVE_INFINITY).toFixed(1)} dB`,
    ])
  }
console.log(table(['mobilenet-v1-0.5, Fashion-MNIST', 'top-1', 'agreement', 'SQNR'], rows))
