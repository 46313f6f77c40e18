// Quantization beside onnxruntime's own Python tool: time, peak memory, agreement with the float model, size.
//   npm run build && node bench/src/quantize.ts [--rounds 3] [--images 128] [--python bench/peers/.venv/bin/python]
// The peer: python3 -m venv bench/peers/.venv && bench/peers/.venv/bin/pip install -r bench/peers/requirements.txt

import { mkdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Graph, simplify } from '@pare/core-graph'
import { compareModels } from '@pare/evaluate'
import { createModel } from '@pare/models'
import { createExecutor, readModel, writeModel } from '@pare/runtime'
import { images, tensorSource } from './samples.ts'
import { median, table } from './table.ts'
import { type Measured, peerPython, quantizeWith, toolNames } from './tools.ts'

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    images: { type: 'string', default: '128' },
    python: { type: 'string', default: peerPython },
    methods: { type: 'string', default: 'min-max,kl-divergence,percentile' },
  },
})

const size = 224
const work = join(import.meta.dirname, '../.work')
mkdirSync(work, { recursive: true })
const files = { model: join(work, 'float.onnx'), samples: join(work, 'samples.bin') }
const executor = createExecutor()

const { graph: float } = simplify(
  createModel('mobilenet-v1', { width: 1, input: [3, size, size], classes: 1000, seed: 1 }),
)
await writeModel(files.model, float)
writeFileSync(files.samples, images(Number(options.images), size, 1).data)
const validation = tensorSource('input', images(128, size, 100_000))

const output = (tool: string, method: string) => join(work, `${tool}.${method}.onnx`)

async function quality(path: string): Promise<{ agreement: number; sqnr: number; share: number }> {
  const int8: Graph = await readModel(path)
  const { agreement = 0, sqnr } = await compareModels(float, int8, { executor, source: validation, batchSize: 8 })
  return { agreement, sqnr: sqnr ?? Number.POSITIVE_INFINITY, share: statSync(path).size / statSync(files.model).size }
}

const rows: string[][] = []
for (const method of options.methods.split(',')) {
  const found: Record<string, Measured[]> = { Pare: [], onnxruntime: [] }
  for (let round = 0; round < Number(options.rounds); round++)
    for (const tool of toolNames) {
      const task = { ...files, shape: `3x${size}x${size}`, method, output: output(tool, method) }
      const measured = quantizeWith(tool, task, options.python)
      found[tool]?.push(measured)
      console.error(`${method}, ${tool}: ${measured.seconds.toFixed(1)} s, ${measured.megabytes.toFixed(0)} MB`)
    }
  const seconds = (tool: string) => median(found[tool]?.map(one => one.seconds) ?? [])
  const megabytes = (tool: string) => median(found[tool]?.map(one => one.megabytes) ?? [])
  for (const tool of toolNames) {
    const { agreement, sqnr, share } = await quality(output(tool, method))
    rows.push([
      `${method}, ${tool}`,
      seconds(tool).toFixed(1),
      (seconds('onnxruntime') / seconds(tool)).toFixed(2),
      megabytes(tool).toFixed(0),
      (megabytes(tool) / megabytes('onnxruntime')).toFixed(2),
      `${(100 * agreement).toFixed(1)} %`,
      `${sqnr.toFixed(1)} dB`,
      `${(100 * share).toFixed(1)} %`,
    ])
  }
}
console.log(
  table(['', 'seconds', 'times faster', 'peak MB', 'of the peer', 'agreement', 'SQNR', 'of the float file'], rows),
)
