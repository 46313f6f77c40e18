// Training beside PyTorch on the CPU: samples a second and peak memory, both sides taking turns in the same run.
//   npm run build && node bench/src/training.ts [--cases mobilenet-v1-0.25,resnet-18] [--rounds 10] [--seconds 2] [--threads 2]
//     [--variants contiguous,channels-last,compiled-channels-last] [--python bench/peers/.venv/bin/python]
// The peer: python3 -m venv bench/peers/.venv && bench/peers/.venv/bin/pip install -r bench/peers/requirements-training.txt

import { cpus } from 'node:os'
import { parseArgs } from 'node:util'
import { inTurns, type StepProcess, startPare, startPyTorch, type Variant, variants } from './step-process.ts'
import { median, table } from './table.ts'
import { peerPython } from './tools.ts'
import { trainingCase, trainingCases } from './training-cases.ts'

const { values: options } = parseArgs({
  options: {
    cases: { type: 'string', default: Object.keys(trainingCases).join(',') },
    rounds: { type: 'string', default: '10' },
    seconds: { type: 'string', default: '2' },
    threads: { type: 'string', default: '2' },
    variants: { type: 'string', default: 'contiguous,channels-last,compiled-channels-last' },
    python: { type: 'string', default: peerPython },
  },
})
const threads = Number(options.threads)
const chosen = options.variants.split(',').map(name => {
  const variant = variants.find(known => known === name)
  if (variant) return variant
  throw new Error(`There is no variant ${name}; there are ${variants.join(', ')}.`)
})

const head = ['', 'samples/s', 'of *', 'ms', 'least ms', 'peak MB', 'of *']
const rows: string[][] = []
const versions = new Set<string>()
for (const name of options.cases.split(',')) {
  const { label, batchSize } = trainingCase(name)
  await using stack = new AsyncDisposableStack()
  const processes: Record<string, StepProcess> = { Pare: stack.use(await startPare({ name, threads })) }
  for (const variant of chosen)
    processes[peer(variant)] = stack.use(await startPyTorch(name, variant, threads, options.python))
  for (const [tool, { version, parameters }] of Object.entries(processes)) {
    versions.add(`${tool === 'Pare' ? 'onnxruntime' : 'PyTorch'} ${version}`)
    if (parameters !== processes.Pare?.parameters)
      throw new Error(`${label}: ${tool} trains ${parameters} values, Pare ${processes.Pare?.parameters}.`)
  }
  const found = await inTurns(processes, { rounds: Number(options.rounds), secondsPerTurn: Number(options.seconds) })
  const timeOf = (tool: string) => median(found[tool]?.milliseconds ?? [])
  // Compiled or not: eager is what people run, and compiling takes minutes.
  const [best = ''] = chosen
    .filter(variant => !variant.startsWith('compiled'))
    .map(peer)
    .sort((a, b) => timeOf(a) - timeOf(b))
  const own = Object.entries(found).map(([tool, { milliseconds, megabytes }]) => [
    `${label}, batch ${batchSize}, ${tool}${tool === best ? ' *' : ''}`,
    ((1000 * batchSize) / timeOf(tool)).toFixed(0),
    (timeOf(best) / timeOf(tool)).toFixed(2),
    timeOf(tool).toFixed(1),
    Math.min(...milliseconds).toFixed(1),
    megabytes.toFixed(0),
    (megabytes / (found[best]?.megabytes ?? 0)).toFixed(2),
  ])
  rows.push(...own)
  console.error(`${label}: ${processes.Pare?.parameters} parameters on every side\n${table(head, own)}\n`)
}

console.log(`Node ${process.version}, ${[...versions].join(', ')}; ${cpus()[0]?.model}, ${threads} threads\n`)
console.log(table(head, rows))
console.log('\n* the better of contiguous and channels-last, eager')

function peer(variant: Variant): string {
  return `PyTorch ${variant}`
}
