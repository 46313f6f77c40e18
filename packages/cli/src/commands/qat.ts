import { resolve } from 'node:path'
import type { RecipeInput } from '@pare/recipe'
import { readModel } from '@pare/runtime'
import type { Command } from 'commander'
import { countArgument } from '../arguments.ts'
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
  readonly weightBits?: 2 | 3 | 4 | 5 | 6 | 7 | 8
  readonly exclude?: string[]
}

/** `pare qat model.onnx --data images/ --epochs 5`: a recipe of one stage, for people without one. */
export function defineQat(command: Command, context: CommandContext): void {
  withTrainingOptions(
    withModelRunOptions(command.argument('<model>', 'an ONNX model that is trained already'), 'int8')
      .option(
        '--weight-bits <number>',
        'bits of the weights, 2 to 8 (default: 8, or what the target needs)',
        countArgument,
      )
      .option('--exclude <patterns...>', 'nodes to leave float, by name, pattern or operator')
      .addOption(targetOption()),
    '10',
  )
    .addHelpText('after', '\nExample:\n  pare qat model.onnx --data photos/ --preprocess imagenet.yaml --epochs 5')
    .action(async (model: string, _: unknown, command: Command) => {
      const options = command.optsWithGlobals<Options>()
      const { weightBits, exclude, target } = options
      const graph = await readModel(model)
      const data = await trainingData(options, graph, context)
      const learns = (await isLabelled(data, graph)) ? undefined : learningFromItself
      const rounding = { ...(weightBits !== undefined && { weightBits }), ...(exclude && { exclude }) }
      const recipe: RecipeInput = {
        model: resolve(model),
        ...(target && { target }),
        ...(learns && { teacher: learns.teacher }),
        data: data.data,
        stages: [
          {
            name: 'qat',
            use: [{ 'quant.qat': rounding }, ...(learns?.use ?? [])],
            train: { ...trainOptionsOf(options), ...learns?.train },
          },
        ],
      }
      await runModelRecipe({ kind: 'qat', model, recipe, baseDirectory: data.baseDirectory }, options, context)
    })
}
