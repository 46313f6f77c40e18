import { basename, resolve } from 'node:path'
import { bytesText, type Graph, targets } from '@pare/core-graph'
import { openDataSource, preprocessSchema } from '@pare/data'
import { Compressor, type RecipeInput } from '@pare/recipe'
import { readModel, writeModel } from '@pare/runtime'
import { type Command, Option } from 'commander'
import { countArgument, numberArgument, shareArgument } from './arguments.ts'
import { runCompressor, showResult } from './commands/run.ts'
import { type DataFlags, declaredData, preprocessOf, withDataOptions } from './model-data.ts'
import type { CommandContext } from './terminal.ts'

/** How a model is trained that has no recipe: what a recipe says itself. */
export interface TrainingFlags {
  readonly epochs?: number
  readonly batchSize?: number
  readonly learningRate?: number
  readonly optimizer?: 'sgd' | 'adamw'
  readonly freeze?: string[]
  readonly holdOut?: number
}

/** What a command takes that makes a smaller model of a model, training it meanwhile. */
export interface ModelRunFlags extends DataFlags, TrainingFlags {
  readonly output?: string
  readonly target?: NonNullable<RecipeInput['target']>
  readonly resume?: boolean
  readonly json?: boolean
}

/** Adds the options of training. @param of what they are said of, where that is not all that the command takes */
export const withTrainingOptions = (command: Command, usual: string, of = ''): Command =>
  command
    .option('--epochs <number>', `${of}how often the data is gone through (default: ${usual})`, countArgument)
    .option('--batch-size <number>', `${of}samples in one step (default: 64)`, countArgument)
    .option(
      '--learning-rate <number>',
      `${of}the highest learning rate (default: 0.01, with adamw 0.001, for a model that is trained already; ten times as much suits a new one)`,
      numberArgument,
    )
    .addOption(
      new Option('--optimizer <kind>', `${of}how weights follow gradients (default: sgd)`).choices(['sgd', 'adamw']),
    )
    .option('--freeze <patterns...>', `${of}weights that stay as they are, by name, pattern or operator`)
    .option(
      '--hold-out <share>',
      `${of}share of the samples to choose the best epoch on, not trained with (default: 0.1)`,
      shareArgument,
    )

/** Adds the model, its data, and what every command takes that makes a model of it. */
export const withModelRunOptions = (command: Command, kind: string): Command =>
  withDataOptions(command, 'samples to train on; without labels the model learns from what it was')
    .option('-o, --output <file>', `the result (default: <model>.${kind}.onnx)`)
    .option('--resume', 'go on with the newest run of this command and model, where it stopped')

export const targetOption = (): Option =>
  new Option('--target <runtime>', 'the runtime that the model is made for').choices(Object.keys(targets))

/** What a recipe says under `train:` for these flags. */
export function trainOptionsOf({ epochs, batchSize, learningRate, optimizer, freeze }: TrainingFlags) {
  return {
    ...(epochs !== undefined && { epochs }),
    ...(batchSize !== undefined && { batchSize }),
    ...(freeze && { freeze }),
    optimizer:
      optimizer === 'adamw'
        ? { kind: optimizer, learningRate: learningRate ?? 0.001 }
        : { learningRate: learningRate ?? 0.01 },
  }
}

/** The data of a recipe for a model: all samples are trained on but a share held out. */
export async function trainingData(
  flags: DataFlags & TrainingFlags,
  graph: Graph,
  { warn }: Pick<CommandContext, 'warn'>,
): Promise<{ readonly data: RecipeInput['data']; readonly baseDirectory: string }> {
  const { holdOut: fraction = 0.1 } = flags
  const { declaration, baseDirectory } = await declaredData(flags, graph, 'train')
  return {
    baseDirectory,
    data: {
      preprocess: await preprocessOf(flags, declaration, graph, message => warn(`${message}\n`)),
      train: { ...declaration, split: { fraction, part: 'train' } },
      validation: { ...declaration, split: { fraction, part: 'held-out' } },
    },
  }
}

/** Whether the samples of such data have labels. */
export async function isLabelled(
  { data, baseDirectory }: Awaited<ReturnType<typeof trainingData>>,
  { inputs }: Graph,
): Promise<boolean> {
  if (!data.train) return false
  const preprocess = preprocessSchema.parse(data.preprocess ?? {})
  await using source = await openDataSource(data.train, { preprocess, baseDirectory, inputs })
  return source.labelled
}

/** Of a training without labels: a teacher is all that the loss is made of, and the measure of an epoch. */
export const withoutLabels = { loss: [], best: { metric: 'agreement' } } satisfies RecipeStage['train']

/** Without labels, a model learns to answer as it did before: its own soft labels are all that the loss is made of. */
export const learningFromItself = {
  teacher: 'float',
  use: ['distill.soft-label'],
  train: withoutLabels,
} satisfies Pick<RecipeInput, 'teacher'> & RecipeStage

type RecipeStage = Pick<RecipeInput['stages'][number], 'use' | 'train'>

/** A recipe that was made for a model. */
export interface ModelRecipe {
  /** The command. */
  readonly kind: keyof typeof resultNames
  readonly model: string
  readonly recipe: RecipeInput
  readonly baseDirectory: string
}

/** What is put between the model's name and `.onnx`, by the command. */
const resultNames = { quantize: 'int8', qat: 'int8', prune: 'pruned', distill: 'distilled', train: 'trained' } as const

export const openModelRecipe = ({ kind, model, recipe, baseDirectory }: ModelRecipe): Promise<Compressor> =>
  Compressor.open(recipe, { baseDirectory, name: `${kind}-${basename(model, '.onnx')}` })

/** Runs it, writes the result, and shows it. */
export async function runModelRecipe(
  recipe: ModelRecipe,
  { json = false, resume = false, output }: Pick<ModelRunFlags, 'json' | 'resume' | 'output'>,
  context: CommandContext,
): Promise<void> {
  const result = await runCompressor(await openModelRecipe(recipe), { json, resume }, context)
  const saved = resolve(output ?? `${recipe.model.replace(/\.onnx$/, '')}.${resultNames[recipe.kind]}.onnx`)
  // Written, not copied: a model over 2 GiB is two files, of which one names the other.
  await writeModel(saved, await readModel(result.model))
  if (json) return context.write(`${JSON.stringify({ ...result, output: saved })}\n`)
  showResult(result, json, context)
  context.write(`output  ${saved} (${bytesText(result.after.bytes)})\n`)
}
