// Quantizes one model with Pare, and prints seconds and peak memory as JSON. Started by quantize.ts.
//   node quantize-child.ts <model> <samples> <CxHxW> <observer> <output>

import { readFileSync } from 'node:fs'
import { quantizeStatic } from '@pare/quant'
import { createExecutor, readModel, writeModel } from '@pare/runtime'
import { peakMegabytes } from './peak-memory.ts'
import { tensorSource } from './samples.ts'

const [model = '', samples = '', shape = '3x224x224', observer = 'min-max', output = ''] = process.argv.slice(2)
const started = performance.now()
const graph = await readModel(model)
const bytes = readFileSync(samples)
const data = new Float32Array(bytes.buffer, bytes.byteOffset, bytes.byteLength / 4)
const sample = shape.split('x').map(Number)
const length = sample.reduce((a, b) => a * b, 1)
const calibration = tensorSource('input', {
  dataType: 'float32',
  dims: [data.length / length, ...sample],
  data,
})
const { graph: int8 } = await quantizeStatic(
  graph,
  { executor: createExecutor(), calibration },
  { observer: observer as 'min-max', samples: calibration.size ?? 1 },
)
await writeModel(output, int8)
const seconds = (performance.now() - started) / 1000
console.log(JSON.stringify({ seconds, megabytes: peakMegabytes() }))
