import { resolve } from 'node:path'
import { RecipeError } from '@pare/core-graph'
import type { RecipeInput } from '@pare/recipe'
import { readModel } from '@pare/runtime'
import { type Command, Option } from 'commander'
import { countArgument, shareArgument } from '../arguments.ts'
import {
  isLabelled,
  learningFromItself,
  type ModelRunFlags,
  runModelRecipe,
  targetOption,
  trainingData,
  trainOptionsOf,
  withModelRunOptions,
  withTrainingOptions,
} from '../model-run.ts'
import type { CommandContext } from '../terminal.ts'

interface Options extends ModelRunFlags {
  readonly targetMacs?: number
  readonly targetParameters?: number
  readonly targetBytes?: number
  readonly targetLatency?: number
  readonly method: 'uniform' | 'sensitivity' | 'global'
  readonly importance: string
  readonly rounds: number
  readonly include?: string[]
  readonly exclude?: string[]
}

/** `pare prune model.onnx --data images/ --target-macs 0.5 --epochs 5`: a recipe of one stage, for people without one. */
export function definePrune(command: Command, context: CommandContext): void {
  withTrainingOptions(
    withModelRunOptions(command.argument('<model>', 'an ONNX model'), 'pruned')
      .option('--target-macs <share>', 'share of the multiply-adds that is to be left, such as 0.5', shareArgument)
      .option('--target-parameters <share>', 'share of the weights', shareArgument)
      .option('--target-bytes <share>', "share of the file's bytes", shareArgument)
      .option('--target-latency <share>', "share of the latency on the target's engine", shareArgument)
      .addOption(
        new Option(
          '--method <name>',
          'one ratio for all layers; where measured losses are least; one ranking of all channels',
        )
          .choices(['uniform', 'sensitivity', 'global'])
          .default('uniform'),
      )
      .option('--importance <criterion>', 'which channels matter, such as l1-norm, taylor', 'l1-norm')
      .option('--include <patterns...>', 'layers whose channels may go, by name, pattern or operator (default: all)')
      .option('--exclude <patterns...>', 'layers whose channels stay')
      .option('--rounds <number>', 'prune so many times, with training after each', countArgument, 1)
      .addOption(targetOption()),
    'no training',
  )
    .addHelpText(
      'after',
      '\nExamples:\n  pare prune model.onnx --data photos/ --preprocess imagenet.yaml --target-macs 0.5 --epochs 10\n  pare prune model.onnx --data photos/ --target-bytes 0.4 --method sensitivity --rounds 3 --epochs 5',
    )
    .action(async (model: string, _: unknown, command: Command) => {
      const options = command.optsWithGlobals<Options>()
      const { method, importance, include, exclude, rounds, target } = options
      const graph = await readModel(model)
      const data = await trainingData(options, graph, context)
      const trains = options.epochs !== undefined
      const learns = trains && !(await isLabelled(data, graph)) ? learningFromItself : undefined
      const use = {
        [`prune.${method}`]: {
          target: targetOf(options),
          importance,
          ...(include && { include }),
          ...(exclude && { exclude }),
        },
      }
      const recipe: RecipeInput = {
        model: resolve(model),
        ...(target && { target }),
        ...(learns && { teacher: learns.teacher }),
        data: data.data,
        stages: [
          {
            name: 'prune',
            use: [use, ...(learns?.use ?? [])],
            rounds,
            ...(trains && { train: { ...trainOptionsOf(options), ...learns?.train } }),
          },
        ],
      }
      await runModelRecipe({ kind: 'prune', model, recipe, baseDirectory: data.baseDirectory }, options, context)
    })
}

function targetOf({ targetMacs, targetParameters, targetBytes, targetLatency }: Options) {
  const given = Object.entries({
    macs: targetMacs,
    parameters: targetParameters,
    bytes: targetBytes,
    latency: targetLatency,
  }).filter(([, share]) => share !== undefined)
  if (given.length === 1) return Object.fromEntries(given)
  throw new RecipeError({
    code: 'RECIPE_FLAG',
    message: given.length === 0 ? 'There is no target.' : 'There is more than one target.',
    hint: 'Give one of --target-macs, --target-parameters, --target-bytes, --target-latency, such as --target-macs 0.5.',
  })
}
