// What a training step of Pare costs beside the computing: standard ONNX against the lowered step, the state's way
// through JavaScript, data that is changed at random against batches that are there, and the time until it starts.
//   npm run build && node bench/src/training-costs.ts [--cases mobilenet-v1-0.25,resnet-18] [--rounds 10] [--seconds 2] [--threads 2]

import { parseArgs } from 'node:util'
import { augmentations } from './augmented-source.ts'
import { stateCopyMilliseconds } from './state-copy.ts'
import { inTurns, type StepProcess, startPare } from './step-process.ts'
import { median, table } from './table.ts'
import { trainingCase, trainingCases } from './training-cases.ts'

const { values: options } = parseArgs({
  options: {
    cases: { type: 'string', default: Object.keys(trainingCases).join(',') },
    rounds: { type: 'string', default: '10' },
    seconds: { type: 'string', default: '2' },
    threads: { type: 'string', default: '2' },
  },
})
const threads = Number(options.threads)
const kinds = {
  lowered: {},
  plain: { lowering: false },
  ...Object.fromEntries(Object.keys(augmentations).map(name => [name, { augmentation: name as 'light' }])),
}

const rows: string[][] = []
for (const name of options.cases.split(',')) {
  await using stack = new AsyncDisposableStack()
  const processes: Record<string, StepProcess> = {}
  for (const [kind, own] of Object.entries(kinds))
    processes[kind] = stack.use(await startPare({ name, threads, ...own }))
  const found = await inTurns(processes, { rounds: Number(options.rounds), secondsPerTurn: Number(options.seconds) })
  const timeOf = (kind: string) => median(found[kind]?.milliseconds ?? [])
  const step = timeOf('lowered')
  const copy = await stateCopyMilliseconds(name, threads)
  const more = (ms: number) => `${((100 * ms) / step).toFixed(1)} %`
  rows.push([
    trainingCase(name).label,
    timeOf('plain').toFixed(1),
    step.toFixed(1),
    (timeOf('plain') / step).toFixed(2),
    `${copy.toFixed(2)} ms`,
    more(copy),
    ...Object.keys(augmentations).map(kind => more(timeOf(kind) - step)),
    `${processes.lowered?.openSeconds?.toFixed(2)} s`,
  ])
  console.error(rows.at(-1)?.join(', '))
}
const head = ['', 'plain ms', 'lowered ms', 'times faster', 'copying state', 'of a step']
console.log(
  table([...head, ...Object.keys(augmentations).map(kind => `${kind} augmentation`), 'until it starts'], rows),
)
