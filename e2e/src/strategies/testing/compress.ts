import { mkdtemp, rm } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { join } from 'node:path'
import type { Graph } from '@pare/core-graph'
import { Compressor, type RecipeInput, type RunResult } from '@pare/recipe'
import { readModel, writeModel } from '@pare/runtime'
import { patterns } from '../../../../packages/train/src/testing/patterns.ts'

/** What a recipe made of a model. */
export interface Compressed {
  readonly result: RunResult
  /** The model after each of the run's steps that makes one, by the step: `1-prune`. */
  readonly models: ReadonlyMap<string, Graph>
  /** The result, read from its file. */
  readonly model: Graph
}

/** How a model is compressed. */
export interface Compression extends Pick<RecipeInput, 'stages'> {
  readonly teacher?: Graph
  /** Number of samples to train on. Default 32: two steps of 16. */
  readonly samples?: number
}

/** Runs a recipe on a classifier of images whose classes can be learned: the bright field of a grid. */
export async function compress(model: Graph, compression: Compression): Promise<Compressed> {
  const { teacher, samples = 32, stages } = compression
  const folder = await mkdtemp(join(tmpdir(), 'pare-strategies-'))
  try {
    await writeModel(join(folder, 'model.onnx'), model)
    if (teacher) await writeModel(join(folder, 'teacher.onnx'), teacher)
    const [input] = model.inputs
    const [, channels = 0, height = 0, width = 0] = (input?.type?.shape ?? []).map(Number)
    const classes = Number(model.outputs[0]?.type?.shape?.[1])
    const kind = { input: input?.name ?? '', shape: [channels, height, width] as const, classes }
    const data = { train: patterns(samples, 1, kind), validation: patterns(32, 2, kind) }
    const compressor = await Compressor.open(
      {
        model: 'model.onnx',
        ...(teacher && { teacher: 'teacher.onnx' }),
        data: {},
        evaluate: { fidelitySamples: 16 },
        runtime: { threads: 1 },
        stages,
      },
      { baseDirectory: folder, data },
    )
    const steps: string[] = []
    const result = await compressor.run({
      output: join(folder, 'run'),
      listener: event => {
        if (event.type === 'run-start') steps.push(...event.steps.filter(step => !step.startsWith('measure-')))
      },
    })
    const models = new Map<string, Graph>()
    for (const step of steps) models.set(step, await readModel(join(folder, 'run', 'steps', `${step}.onnx`)))
    return { result, models, model: await readModel(result.model) }
  } finally {
    await rm(folder, { recursive: true })
  }
}
