// Trains with Pare as many steps as it is told, and prints what each took. Started by step-process.ts.
//   node training-child.ts '{ "name": "mobilenet-v1-0.25", "threads": 2 }'
// First it prints one line of facts. Then it reads a number of steps, line by line, and answers each with one of JSON.

import type { Graph } from '@pare/core-graph'
import { createExecutor, runtimeVersion } from '@pare/runtime'
import { train } from '@pare/train'
import { augmentedSource } from './augmented-source.ts'
import { joinedBy } from './joined-strategy.ts'
import { preparedSource } from './prepared-source.ts'
import { stepCommands } from './step-commands.ts'
import type { PareTask } from './step-process.ts'
import { trainingCase } from './training-cases.ts'
import { trainingRecipe } from './training-recipe.ts'

const { name, threads, augmentation, strategy, ...recipe } = JSON.parse(process.argv[2] ?? '{}') as PareTask
const task = trainingCase(name)
const model = task.create()
const executor = createExecutor({ threads })
const commands = stepCommands({ version: runtimeVersion, parameters: parametersOf(model) })
const steps = 1_000_000
const source = augmentation
  ? await augmentedSource(task, augmentation, steps, commands.gate)
  : preparedSource(task, steps, commands.gate)
const { graph, training } = strategy ? await joinedBy(strategy, task, executor) : { graph: model }
commands.begin()
await train(graph, {
  // What a strategy changes after the first epoch, which is never over, is not measured.
  options: { ...trainingRecipe(task, recipe), ...(strategy && { epochs: 2 }) },
  source,
  executor,
  evaluate: async () => ({ top1: 0 }),
  parts: training ? [training] : [],
  seed: 1,
  onProgress: commands.stepDone,
  note: message => console.error(message),
})

/** Number of values that training changes by their gradients. */
function parametersOf({ nodes, initializers }: Graph): number {
  const averages = new Set(nodes.flatMap(({ op, inputs }) => (op === 'BatchNormalization' ? inputs.slice(3, 5) : [])))
  return [...initializers]
    .filter(([tensor, { dataType, dims }]) => dataType === 'float32' && dims.length > 0 && !averages.has(tensor))
    .reduce((sum, [, { dims }]) => sum + dims.reduce((a, b) => a * b, 1), 0)
}
