import { basename, dirname, extname, resolve } from 'node:path'
import { RecipeError } from '@pare/core-graph'
import { Compressor } from '@pare/recipe'
import { readModel } from '@pare/runtime'
import { type Command, Option } from 'commander'
import { countArgument } from '../arguments.ts'
import { type DataFlags, withDataOptions } from '../model-data.ts'
import {
  type ModelRecipe,
  openModelRecipe,
  runModelRecipe,
  type TrainingFlags,
  trainingData,
  trainOptionsOf,
  withTrainingOptions,
} from '../model-run.ts'
import { planSummary } from '../plan-summary.ts'
import { progressLines } from '../progress-display.ts'
import type { CommandContext } from '../terminal.ts'
import { allowPlugins, runCompressor, showResult } from './run.ts'

interface Options extends Partial<DataFlags>, TrainingFlags {
  readonly output?: string
  readonly resume?: boolean
  readonly dryRun?: boolean
  readonly lowering: boolean
  readonly allowPlugins?: boolean
  readonly classes?: number
  readonly json?: boolean
}

/** `pare train recipe.yaml`; `pare train model.onnx --data images/`: a recipe of one stage, for people without one. */
export function defineTrain(command: Command, context: CommandContext): void {
  withTrainingOptions(
    withDataOptions(
      command.argument('<recipe or model>', 'a recipe with a stage that trains; or an ONNX model, with --data'),
      'of a model: labelled samples to train on',
      { optional: true },
    ),
    '10',
    'of a model: ',
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
    .option(
      '--classes <number>',
      'of a model: replace its last layer by a new one for so many classes of your own',
      countArgument,
    )
    .addOption(allowPlugins())
    .addHelpText(
      'after',
      '\nExamples:\n  pare train recipe.yaml --dry-run\n  pare train recipe.yaml\n  pare train recipe.yaml --resume\n  pare train model.onnx --data photos/ --preprocess imagenet.yaml --epochs 5',
    )
    .action(async (path: string, _: unknown, command: Command) => {
      const options = command.optsWithGlobals<Options>()
      const { data, dryRun, json = false, resume = false, output } = options
      if (data !== undefined) {
        const made = await recipeOf(path, { ...options, data }, context)
        return dryRun ? plan(await openModelRecipe(made), options, context) : runModelRecipe(made, options, context)
      }
      const compressor = await openRecipe(path, options)
      if (dryRun) return plan(compressor, options, context)
      const folder = output === undefined ? {} : { output }
      showResult(await runCompressor(compressor, { json, resume, ...folder }, context), json, context)
    })
}

async function openRecipe(path: string, options: Options): Promise<Compressor> {
  if (/\.onnx$/i.test(path))
    throw new RecipeError({
      code: 'RECIPE_FLAG',
      message: `${path} is a model, and there is no data to train it on.`,
      hint: 'Name it by --data, or give a recipe.',
    })
  const flags = [
    'epochs',
    'batchSize',
    'learningRate',
    'optimizer',
    'freeze',
    'classes',
    'holdOut',
    'labels',
    'inputs',
    'preprocess',
  ] as const
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

async function recipeOf(model: string, options: Options & DataFlags, context: CommandContext): Promise<ModelRecipe> {
  const { data, baseDirectory } = await trainingData(options, await readModel(model), context)
  const { classes } = options
  const begin = classes === undefined ? resolve(model) : { path: resolve(model), classes }
  const train = { lowering: options.lowering, ...trainOptionsOf(options) }
  return {
    kind: 'train',
    model,
    baseDirectory,
    recipe: { model: begin, data, stages: [{ name: 'train', train }] },
  }
}

async function plan(compressor: Compressor, { json }: Options, { signal, write, warn }: CommandContext): Promise<void> {
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
