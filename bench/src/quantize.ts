// Quantization beside onnxruntime's own Python tool: time, peak memory, agreement with the float model, size.
//   npm run build && node bench/src/quantize.ts [--rounds 3] [--images 128] [--python bench/peers/.venv/bin/python]
// The peer: python3 -m venv bench/peers/.venv && bench/peers/.venv/bin/pip install -r bench/peers/requirements.txt

import { execFileSync } from 'node:child_process'
import { mkdirSync, statSync, writeFileSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { type Graph, simplify } from '@pare/core-graph'
import { compareModels } from '@pare/evaluate'
import { createModel } from '@pare/models'
import { createExecutor, readModel, writeModel } from '@pare/runtime'
import { images, tensorSource } from './samples.ts'
import { median, table } from './table.ts'

const { values: options } = parseArgs({
  options: {
    rounds: { type: 'string', default: '3' },
    images: { type: 'string', default: '128' },
    python: { type: 'string', default: join(import.meta.dirname, '../peers/.venv/bin/python') },
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

interface Measured {
  readonly seconds: number
  readonly megabytes: number
}

const tools: Record<string, (method: string, output: string) => string[]> = {
  Pare: (method, output) => [
    process.execPath,
    join(import.meta.dirname, 'quantize-child.ts'),
    ...[files.model, files.samples, String(size), method, output],
  ],
  onnxruntime: (method, output) => [
    options.python,
    join(import.meta.dirname, '../peers/quantize.py'),
    ...[files.model, files.samples, String(size), method, output],
  ],
}

function measure(tool: string, method: string): Measured {
  const [command = '', ...args] = tools[tool]?.(method, output(tool, method)) ?? []
  const printed = execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
  return JSON.parse(printed.trim().split('\n').at(-1) ?? '')
}

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
    for (const tool of Object.keys(tools)) {
      const measured = measure(tool, method)
      found[tool]?.push(measured)
      console.error(`${method}, ${tool}: ${measured.seconds.toFixed(1)} s, ${measured.megabytes.toFixed(0)} MB`)
    }
  const seconds = (tool: string) => median(found[tool]?.map(one => one.seconds) ?? [])
  const megabytes = (tool: string) => median(found[tool]?.map(one => one.megabytes) ?? [])
  for (const tool of Object.keys(tools)) {
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
