// Where one training step spends its time: by operator and by node, as onnxruntime itself measures it.
//   npm run build && node bench/src/profile-step.ts mobilenet-v1-0.25 [--steps 20] [--threads 2] [--nodes 25] [--no-lowering]
// Of each node, and of the step, it is the fastest. GFLOP/s is told of matrix products and convolutions, GB/s of what a
// node must at least read and write. onnxruntime's measuring makes each node some microseconds longer, so many small
// nodes look worse than they are.

import { globSync, mkdirSync, rmSync } from 'node:fs'
import { join } from 'node:path'
import { parseArgs } from 'node:util'
import { train } from '@pare/train'
import { preparedSource } from './prepared-source.ts'
import { profilingExecutor } from './profiling-executor.ts'
import { bytesOf, flopsOf, type NodeTime, readProfile } from './runtime-profile.ts'
import { table } from './table.ts'
import { trainingCase } from './training-cases.ts'
import { trainingRecipe } from './training-recipe.ts'

const { values: options, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    steps: { type: 'string', default: '20' },
    threads: { type: 'string', default: '2' },
    nodes: { type: 'string', default: '25' },
    'no-lowering': { type: 'boolean', default: false },
  },
})
const warmUp = 3
const task = trainingCase(positionals[0] ?? 'mobilenet-v1-0.25')
const steps = warmUp + Number(options.steps)

const work = join(import.meta.dirname, '../.work')
mkdirSync(work, { recursive: true })
const prefix = join(work, `profile-${process.pid}`)

const times: number[] = []
let last = performance.now()
await train(task.create(), {
  options: trainingRecipe(task, { lowering: !options['no-lowering'] }),
  source: preparedSource(task, steps, async () => {
    last = performance.now()
  }),
  executor: profilingExecutor(prefix, Number(options.threads)),
  evaluate: async () => ({ top1: 0 }),
  seed: 1,
  onProgress: () => {
    times.push(performance.now() - last)
  },
})

// Graphs that a step does not run every time, such as the one that updates weights after several, have a file each.
const files = globSync(`${prefix}-*.json`)
const [profile] = files.flatMap(file => readProfile(file, warmUp) ?? []).sort((one, other) => other.runs - one.runs)
for (const file of files) rmSync(file)
if (!profile) throw new Error('onnxruntime wrote no profile.')
const { runMs, kernelMs, runs, nodes } = profile
const stepMs = Math.min(...times.slice(warmUp))

console.log(`${task.label}, batch ${task.batchSize}${options['no-lowering'] ? ', plain' : ''}, ${runs} steps\n`)
const share = (ms: number, whole = sum(nodes)) => `${((100 * ms) / whole).toFixed(1)} %`
const ofStep = (ms: number) => [ms.toFixed(2), share(ms, stepMs)]
const quickest = Math.min(...nodes.map(({ ms }) => ms))
console.log(
  table(
    ['', 'ms', 'of a step'],
    [
      ['the fastest step', ...ofStep(stepMs)],
      ['its nodes', ...ofStep(kernelMs)],
      ['of that, measuring them, at least', ...ofStep(quickest * nodes.length)],
      ['between them', ...ofStep(runMs - kernelMs)],
      ['outside of the runtime', ...ofStep(stepMs - runMs)],
    ],
  ),
)

console.log(`\n${nodes.length} nodes, each in its fastest run: ${sum(nodes).toFixed(2)} ms`)
printGroups('operator', ({ op }) => op)
console.log()
// The layers of one kind together: the numbers in their names are what sets them apart.
printGroups('part', ({ name }) => name.split('/').slice(0, -1).join('/').replace(/\d+/g, '*'))

const worst = nodes.toSorted((a, b) => b.ms - a.ms).slice(0, Number(options.nodes))
console.log()
console.log(
  table(
    ['node', 'operator', 'ms', 'of all', 'GFLOP/s', 'GB/s', 'inputs → outputs'],
    worst.map(node => [
      node.name,
      node.op,
      node.ms.toFixed(2),
      share(node.ms),
      ...rates([node], node.ms),
      `${shapes(node.inputs)} → ${shapes(node.outputs)}`,
    ]),
  ),
)

function printGroups(head: string, keyOf: (node: NodeTime) => string): void {
  const groups = [...Map.groupBy(nodes, keyOf)].map(([key, own]) => ({ key, own, ms: sum(own) }))
  console.log(
    table(
      [head, 'nodes', 'ms', 'of all', 'GFLOP/s', 'GB/s'],
      groups
        .toSorted((a, b) => b.ms - a.ms)
        .map(({ key, own, ms }) => [key, String(own.length), ms.toFixed(2), share(ms), ...rates(own, ms)]),
    ),
  )
}

function sum(some: readonly NodeTime[]): number {
  return some.reduce((total, { ms }) => total + ms, 0)
}

function rates(some: readonly NodeTime[], ms: number): [string, string] {
  const perSecond = (amounts: readonly number[]) => (amounts.reduce((a, b) => a + b, 0) / ms / 1e6).toFixed(1)
  const flops = some.map(flopsOf).filter(value => value !== undefined)
  return [flops.length > 0 ? perSecond(flops) : '', perSecond(some.map(bytesOf))]
}

function shapes(some: readonly (readonly number[])[]): string {
  return some.map(dims => dims.join('×') || '1').join(' ')
}
