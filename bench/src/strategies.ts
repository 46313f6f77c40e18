// What the strategies cost and gain, as ratios within one run, what is compared taking turns, beside the goals:
//   a QAT step of a float step, a distillation step of student and teacher, sensitivities of whole evaluations, pruned and
//   int8 models of the float one in onnxruntime.
//   npm run build && node bench/src/strategies.ts [--only qat,distillation,sensitivity,latency] [--threads 2] [--rounds 10]
//     [--seconds 2] [--qat mobilenet-v1-0.5,…] [--distillation mobilenet-v1-0.5,…] [--sensitivity mobilenet-v1-1.0,…]
//     [--images 2000] [--sensitivity-rounds 3] [--runs 200] [--budget 5000]
// Weights are random and images noise: what is measured is time.

import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { createExecutor, runtimeVersion } from '@pare/runtime'
import { hasVnni, latencies } from './strategy-latency.ts'
import { sensitivities } from './strategy-sensitivity.ts'
import { distillationSteps, qatSteps } from './strategy-steps.ts'

const { values: options } = parseArgs({
  options: {
    only: { type: 'string', default: 'qat,distillation,sensitivity,latency' },
    threads: { type: 'string', default: '2' },
    rounds: { type: 'string', default: '10' },
    seconds: { type: 'string', default: '2' },
    qat: { type: 'string', default: 'mobilenet-v1-0.5,mobilenet-v1-1.0,mobilenet-v2' },
    distillation: { type: 'string', default: 'mobilenet-v1-0.25,mobilenet-v1-0.5' },
    sensitivity: { type: 'string', default: 'mobilenet-v1-0.5,mobilenet-v1-1.0' },
    images: { type: 'string', default: '2000' },
    'sensitivity-rounds': { type: 'string', default: '3' },
    runs: { type: 'string', default: '200' },
    budget: { type: 'string', default: '5000' },
  },
})
const threads = Number(options.threads)
const steps = { threads, rounds: Number(options.rounds), secondsPerTurn: Number(options.seconds) }
const casesOf = (of: 'qat' | 'distillation' | 'sensitivity') => options[of].split(',')

const measurements: Readonly<Record<string, () => Promise<string>>> = {
  qat: () => qatSteps(casesOf('qat'), steps),
  distillation: () => distillationSteps(casesOf('distillation'), steps),
  sensitivity: () =>
    sensitivities(casesOf('sensitivity'), {
      executor: createExecutor({ threads }),
      images: Number(options.images),
      rounds: Number(options['sensitivity-rounds']),
    }),
  latency: () => latencies([1, 2], { runs: Number(options.runs), budget: Number(options.budget) }),
}

console.log(
  `Node ${process.version}, onnxruntime ${runtimeVersion}; ${cpus()[0]?.model}, ${hasVnni() ? 'with' : 'without'} VNNI; ${threads} threads where none are named`,
)
for (const name of options.only.split(',')) {
  const measure = measurements[name]
  if (!measure) throw new Error(`There is nothing called ${name}; there are ${Object.keys(measurements).join(', ')}.`)
  console.log(`\n${await measure()}`)
}
