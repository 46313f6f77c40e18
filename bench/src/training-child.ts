// Trains with Pare as many steps as it is told, and prints what each took. Started by step-process.ts.
//   node training-child.ts '{ "name": "mobilenet-v1-0.25", "threads": 2 }'
// First it prints one line of facts. Then it reads a number of steps, line by line, and answers each with one of JSON.

import { createInterface } from 'node:readline'
import type { Graph } from '@pare/core-graph'
import { createExecutor, runtimeVersion } from '@pare/runtime'
import { train } from '@pare/train'
import { augmentedSource } from './augmented-source.ts'
import { peakMegabytes } from './peak-memory.ts'
import { preparedSource } from './prepared-source.ts'
import type { PareTask } from './step-process.ts'
import { trainingCase } from './training-cases.ts'
import { trainingRecipe } from './training-recipe.ts'

const { name, threads, augmentation, lowering } = JSON.parse(process.argv[2] ?? '{}') as PareTask
const task = trainingCase(name)
const commands = createInterface({ input: process.stdin })[Symbol.asyncIterator]()
const answer = (facts: object) => console.log(JSON.stringify(facts))

let started = performance.now()
let openSeconds = 0
/** Of the steps asked for: those whose batch was not given yet, and the times of those that are done. */
let [left, asked, milliseconds, last] = [1, 1, [] as number[], started]

async function nextCommand(): Promise<void> {
  const { value, done } = await commands.next()
  if (done) process.exit()
  asked = Number(value)
  left = asked
  milliseconds = []
  last = performance.now()
}

async function gate(): Promise<void> {
  openSeconds ||= (performance.now() - started) / 1000
  if (left === 0) await nextCommand()
  left--
}

const steps = 1_000_000
const source = augmentation ? await augmentedSource(task, augmentation, steps, gate) : preparedSource(task, steps, gate)
const model = task.create()
started = performance.now()
await train(model, {
  options: trainingRecipe(task, lowering === undefined ? {} : { lowering }),
  source,
  executor: createExecutor({ threads }),
  evaluate: async () => ({ top1: 0 }),
  seed: 1,
  onProgress: ({ loss, step }) => {
    const now = performance.now()
    milliseconds.push(now - last)
    last = now
    if (milliseconds.length < asked) return
    if (step === 1)
      answer({
        version: runtimeVersion,
        parameters: parametersOf(model),
        openSeconds,
        firstStepSeconds: (now - started) / 1000,
      })
    else answer({ milliseconds, loss, megabytes: peakMegabytes() })
  },
})

/** Number of values that training changes by their gradients. */
function parametersOf({ nodes, initializers }: Graph): number {
  const averages = new Set(nodes.flatMap(({ op, inputs }) => (op === 'BatchNormalization' ? inputs.slice(3, 5) : [])))
  return [...initializers]
    .filter(([tensor, { dataType, dims }]) => dataType === 'float32' && dims.length > 0 && !averages.has(tensor))
    .reduce((sum, [, { dims }]) => sum + dims.reduce((a, b) => a * b, 1), 0)
}
