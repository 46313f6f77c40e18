import { createBuilder, type InitialState, type SessionOptions, type StatefulExecutor } from '@pare/core-graph'
import { createExecutor } from '@pare/runtime'
import { train } from '@pare/train'
import { preparedSource } from './prepared-source.ts'
import { median } from './table.ts'
import { trainingCase } from './training-cases.ts'
import { trainingRecipe } from './training-recipe.ts'

/**
 * What it takes to bring a training's parameters and the optimizer's state from one step to the next: the time of a run
 * that has the same state and hands it on as it is. The runtime's own copy of each tensor is in it, so it is rather
 * too much.
 */
export async function stateCopyMilliseconds(name: string, threads: number): Promise<number> {
  const task = trainingCase(name)
  const executor = createExecutor({ threads })
  let used: { state: ReadonlyMap<string, InitialState>; options: SessionOptions } | undefined
  const watched: StatefulExecutor = {
    ...executor,
    openStateful: (graphs, state, options = {}) => {
      used = { state, options }
      return executor.openStateful(graphs, state, options)
    },
  }
  await train(task.create(), {
    options: trainingRecipe(task),
    source: preparedSource(task, 1),
    executor: watched,
    evaluate: async () => ({ top1: 0 }),
    seed: 1,
  })
  if (!used) throw new Error('The training kept no state.')

  const b = createBuilder('copy')
  const state = new Map<string, InitialState>()
  for (const [tensor, { initial, next }] of used.state) {
    if (next === undefined) continue
    const copied = b.Identity(b.input(tensor, initial.dataType, initial.dims))
    b.output(copied)
    state.set(tensor, { initial, next: copied.name })
  }
  await using session = await executor.openStateful({ copy: b.build() }, state, used.options)
  const times: number[] = []
  for (let run = 0; run < 60; run++) {
    const started = performance.now()
    await session.run('copy', {})
    times.push(performance.now() - started)
  }
  return median(times.slice(10))
}
