import { resolve } from 'node:path'
import type { targets } from '@pare/core-graph'
import { observers } from '@pare/quant'
import type { RecipeInput } from '@pare/recipe'
import { readModel } from '@pare/runtime'
import { type Command, Option } from 'commander'
import { countArgument } from '../arguments.ts'
import { type DataFlags, declaredData, preprocessOf, withDataOptions } from '../model-data.ts'
import { runModelRecipe, targetOption } from '../model-run.ts'
import type { CommandContext } from '../terminal.ts'

interface Options extends DataFlags {
  readonly output?: string
  readonly samples: number
  readonly observer: keyof typeof observers
  readonly target?: keyof typeof targets
  readonly exclude?: string[]
  readonly json?: boolean
}

/** `pare quantize model.onnx --data images/` : a recipe of one stage, for people without one. */
export function defineQuantize(command: Command, context: CommandContext): void {
  withDataOptions(command.argument('<model>', 'an ONNX model'), 'typical samples')
    .option('-o, --output <file>', 'the quantized model (default: <model>.int8.onnx)')
    .option('--samples <number>', 'samples to calibrate on', countArgument, 512)
    .addOption(
      new Option('--observer <name>', 'how ranges of activations are chosen')
        .choices(Object.keys(observers))
        .default('min-max'),
    )
    .addOption(targetOption())
    .option('--exclude <patterns...>', 'nodes to leave float, by name, pattern or operator')
    .addHelpText(
      'after',
      '\nExamples:\n  pare quantize model.onnx --data photos/\n  pare quantize model.onnx --data photos/ --preprocess imagenet.yaml --observer percentile -o small.onnx\n  pare quantize table.onnx --data train.npz',
    )
    .action(async (model: string, _: unknown, command: Command) => {
      const options = command.optsWithGlobals<Options>()
      const graph = await readModel(model)
      const { declaration, baseDirectory } = await declaredData(options, graph)
      const recipe: RecipeInput = {
        model: resolve(model),
        ...(options.target ? { target: options.target } : {}),
        data: {
          preprocess: await preprocessOf(options, declaration, graph, message => context.warn(`${message}\n`)),
          validation: declaration,
          calibration: declaration,
        },
        stages: [
          {
            name: 'int8',
            use: [
              {
                'quant.static': {
                  observer: options.observer,
                  samples: options.samples,
                  ...(options.exclude ? { exclude: options.exclude } : {}),
                },
              },
            ],
          },
        ],
      }
      await runModelRecipe({ kind: 'quantize', model, recipe, baseDirectory }, options, context)
    })
}
