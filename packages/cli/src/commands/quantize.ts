import { copyFile, rename } from 'node:fs/promises'
import { basename, dirname, join, resolve } from 'node:path'
import { Compressor, type RecipeInput } from '@pare/recipe'
import { readModel } from '@pare/runtime'
import type { Command } from 'commander'
import { bytesText } from '../format.ts'
import { declaredData, preprocessOf } from '../model-data.ts'
import type { Terminal } from '../program.ts'
import { runCompressor } from './run.ts'

interface Options {
  readonly data: string
  readonly labels?: string
  readonly preprocess?: string
  readonly output?: string
  readonly samples: string
  readonly observer: string
  readonly exclude?: string[]
  readonly json?: boolean
}

/** `pare quantize model.onnx --data images/` : a recipe of one stage, for people without one. */
export function addQuantizeCommand(program: Command, terminal: Terminal): void {
  program
    .command('quantize')
    .argument('<model>', 'an ONNX model')
    .description('Quantize a model to int8 after training: model, images, output')
    .requiredOption(
      '-d, --data <path>',
      'sample images: a folder, a .csv or .json list, an IDX file, or a fetched data set',
    )
    .option('--labels <file>', 'IDX file of the labels')
    .option(
      '--preprocess <file>',
      "how an image becomes the model's input (YAML or JSON; default: the plainest that fits)",
    )
    .option('-o, --output <file>', 'the quantized model (default: <model>.int8.onnx)')
    .option('--samples <number>', 'samples to calibrate on', '512')
    .option('--observer <name>', 'how ranges of activations are chosen', 'min-max')
    .option('--exclude <patterns...>', 'nodes to leave float, by name, pattern or operator')
    .addHelpText(
      'after',
      '\nExamples:\n  pare quantize model.onnx --data photos/\n  pare quantize model.onnx --data photos/ --preprocess imagenet.yaml --observer percentile -o small.onnx',
    )
    .action(async (model: string, _: unknown, command: Command) => {
      const options = command.optsWithGlobals<Options>()
      const output = resolve(options.output ?? `${model.replace(/\.onnx$/, '')}.int8.onnx`)
      const graph = await readModel(model)
      const { declaration, baseDirectory } = await declaredData(options)
      const recipe: RecipeInput = {
        model: resolve(model),
        data: {
          preprocess: await preprocessOf(options, graph, message => terminal.warn(`${message}\n`)),
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
                  samples: Number(options.samples),
                  ...(options.exclude ? { exclude: options.exclude } : {}),
                },
              },
            ],
          },
        ],
      }
      const compressor = await Compressor.open(recipe, { baseDirectory, name: `quantize-${basename(model, '.onnx')}` })
      const result = await runCompressor(compressor, { json: options.json ?? false }, terminal)
      await copyWhole(result.model, output)
      if (!options.json) terminal.write(`output  ${output} (${bytesText(result.after.bytes)})\n`)
    })
}

/** By way of a temporary name beside the target, so that no half-copied file is ever seen. */
async function copyWhole(source: string, target: string): Promise<void> {
  const temporary = join(dirname(target), `.${basename(target)}.${process.pid}.tmp`)
  await copyFile(source, temporary)
  await rename(temporary, target)
}
