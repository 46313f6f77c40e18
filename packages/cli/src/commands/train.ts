import { basename, dirname, extname, resolve } from 'node:path'
import { bytesText, RecipeError } from '@pare/core-graph'
import { Compressor, type RecipeInput } from '@pare/recipe'
import { readModel, writeModel } from '@pare/runtime'
import { type Command, Option } from 'commander'
import { countArgument, numberArgument, shareArgument } from '../arguments.ts'
import { type DataFlags, declaredData, preprocessOf, withDataOptions } from '../model-data.ts'
import { planSummary } from '../plan-summary.ts'
import { progressLines } from '../progress-display.ts'
import type { CommandContext } from '../terminal.ts'
import { allowPlugins, runCompressor, showResult } from './run.ts'

interface Options extends Partial<DataFlags>, ModelFlags {
  readonly output?: string
  readonly resume?: boolean
  readonly dryRun?: boolean
  readonly lowering: boolean
  readonly allowPlugins?: boolean
  readonly json?: boolean
}

/** What a recipe says itself, for a model without one. */
interface ModelFlags {
  readonly epochs?: number
  readonly batchSize?: number
  readonly learningRate?: number
  readonly holdOut?: number
}

/** `pare train recipe.yaml`; `pare train model.onnx --data images/`: a recipe of one stage, for people without one. */
export function defineTrain(command: Command, context: CommandContext): void {
  withDataOptions(
    command.argument('<recipe or model>', 'a recipe with a stage that trains; or an ONNX model, with --data'),
    'of a model: labelled samples to train on',
    { optional: true },
  )
    .option('--epochs <number>', 'of a model: how often the data is gone through (default: 10)', countArgument)
    .option('--batch-size <number>', 'of a model: samples in one step (default: 64)', countArgument)
    .option(
      '--learning-rate <number>',
      'of a model: the highest learning rate (default: 0.01, for one that is trained already; 0.1 suits a new one)',
      numberArgument,
    )
    .option(
      '--hold-out <share>',
      'of a model: share of the samples to choose the best epoch on (default: 0.1)',
      shareArgument,
    )
    .option(
      '-o, --output <path>',
      "the run's folder (default: runs/<recipe>/<number>); of a model: the trained model (default: <model>.trained.onnx)",
    )
    .option('--resume', 'go on with the newest run, or with the one in --output, where it stopped')
    .addOption(
      new Option(
        '--dry-run',
        'say what would be trained, what not and why, the memory and the time it takes',
      ).conflicts(['resume', 'output']),
    )
    .option('--no-lowering', "train by standard ONNX operators only, not by the runtime's fastest")
    .addOption(allowPlugins())
    .addHelpText(
      'after',
      '\nExamples:\n  pare train recipe.yaml --dry-run\n  pare train recipe.yaml\n  pare train recipe.yaml --resume\n  pare train model.onnx --data photos/ --preprocess imagenet.yaml --epochs 5',
    )
    .action(async (path: string, _: unknown, command: Command) => {
      const options = command.optsWithGlobals<Options>()
      const isModel = options.data !== undefined
      const compressor = isModel ? await openModel(path, options, context) : await openRecipe(path, options)
      if (options.dryRun) return dryRun(compressor, options, context)
      const { json = false, resume = false, output } = options
      const folder = isModel || output === undefined ? {} : { output }
      const result = await runCompressor(compressor, { json, resume, ...folder }, context)
      if (!isModel) return showResult(result, json, context)
      const saved = resolve(output ?? `${path.replace(/\.onnx$/, '')}.trained.onnx`)
      // Written, not copied: a model over 2 GiB is two files, of which one names the other.
      await writeModel(saved, await readModel(result.model))
      if (json) return context.write(`${JSON.stringify({ ...result, output: saved })}\n`)
      showResult(result, json, context)
      context.write(`output  ${saved} (${bytesText(result.after.bytes)})\n`)
    })
}

async function openRecipe(path: string, options: Options): Promise<Compressor> {
  if (/\.onnx$/i.test(path))
    throw new RecipeError({
      code: 'RECIPE_FLAG',
      message: `${path} is a model, and there is no data to train it on.`,
      hint: 'Name it by --data, or give a recipe.',
    })
  const flags = ['epochs', 'batchSize', 'learningRate', 'holdOut', 'labels', 'inputs', 'preprocess'] as const
  const given = flags.find(flag => options[flag] !== undefined)
  if (given)
    throw new RecipeError({
      code: 'RECIPE_FLAG',
      message: `--${given.replace(/[A-Z]/g, letter => `-${letter.toLowerCase()}`)} is given, but a recipe says that itself.`,
      hint: `Leave it out, and change ${path}; or give a model and --data.`,
    })
  const plugins = { allowPlugins: options.allowPlugins ?? false }
  const compressor = await Compressor.open(path, plugins)
  const { recipe } = compressor
  if (!recipe.stages.some(({ train }) => train))
    throw new RecipeError({
      code: 'RECIPE_TRAIN',
      message: `No stage of ${path} trains.`,
      hint: 'Add `train:` to a stage, or use `pare run`.',
    })
  if (options.lowering) return compressor
  // A recipe of its own, which the run's folder keeps: its numbers are rounded otherwise.
  const stages = recipe.stages.map(({ train, ...stage }) =>
    train ? { ...stage, train: { ...train, lowering: false } } : stage,
  )
  const baseDirectory = dirname(resolve(path))
  return Compressor.open({ ...recipe, stages }, { baseDirectory, name: basename(path, extname(path)), ...plugins })
}

async function openModel(path: string, options: Options, { warn }: CommandContext): Promise<Compressor> {
  const { data = '', epochs, batchSize, holdOut: fraction = 0.1, learningRate = 0.01, lowering } = options
  const flags = { ...options, data }
  const graph = await readModel(path)
  const { declaration, baseDirectory } = await declaredData(flags, graph, 'train')
  const recipe: RecipeInput = {
    model: resolve(path),
    data: {
      preprocess: await preprocessOf(flags, declaration, graph, message => warn(`${message}\n`)),
      train: { ...declaration, split: { fraction, part: 'train' } },
      validation: { ...declaration, split: { fraction, part: 'held-out' } },
    },
    stages: [
      {
        name: 'train',
        train: {
          lowering,
          ...(epochs !== undefined && { epochs }),
          ...(batchSize !== undefined && { batchSize }),
          optimizer: { learningRate },
        },
      },
    ],
  }
  return Compressor.open(recipe, { baseDirectory, name: `train-${basename(path, '.onnx')}` })
}

async function dryRun(
  compressor: Compressor,
  { json }: Options,
  { signal, write, warn }: CommandContext,
): Promise<void> {
  const notes: string[] = []
  const plans = await compressor.plan({
    signal,
    progress: progressLines(warn),
    note: message => {
      notes.push(message)
      warn(`${message}\n`)
    },
  })
  write(json ? `${JSON.stringify({ stages: plans, notes })}\n` : plans.map(planSummary).join('\n'))
}
