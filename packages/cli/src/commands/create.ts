import { bytesText, RecipeError } from '@pare/core-graph'
import { createModel, type ModelOptions, modelIds } from '@pare/models'
import { writeModel } from '@pare/runtime'
import { type Command, InvalidArgumentError } from 'commander'
import { countArgument, numberArgument } from '../arguments.ts'
import type { CommandContext } from '../terminal.ts'

interface Options {
  readonly input?: [number, number, number]
  readonly classes?: number
  readonly width?: number
  readonly depth?: number
  readonly stemStride?: number
  readonly seed: number
  readonly output?: string
  readonly json?: boolean
}

/** `pare create mobilenet-v1 --width 0.5 --input 1x28x28 --classes 10` */
export function defineCreate(command: Command, { write }: CommandContext): void {
  command
    .argument('<architecture>', `one of: ${modelIds.join(', ')}`)
    .option('--input <CxHxW>', 'shape of one sample, such as 3x224x224', shapeArgument)
    .option('--classes <number>', 'number of classes', countArgument)
    .option('--width <multiplier>', 'width multiplier', numberArgument)
    .option('--depth <layers>', 'depth of a ResNet', numberArgument)
    .option('--stem-stride <number>', 'stride of the first convolution', numberArgument)
    .option('--seed <number>', 'seed of the initial weights', numberArgument, 0)
    .option('-o, --output <file>', 'default: <architecture>.onnx')
    .addHelpText(
      'after',
      '\nExample:\n  pare create mobilenet-v1 --width 0.5 --input 1x28x28 --classes 10 -o student.onnx',
    )
    .action(async (architecture: string, _: unknown, command: Command) => {
      const {
        json,
        output = `${architecture}.onnx`,
        debug: _debug,
        ...options
      } = command.optsWithGlobals<Options & { debug?: boolean }>()
      const id = modelIds.find(candidate => candidate === architecture)
      if (!id)
        throw new RecipeError({
          code: 'MODEL_UNKNOWN',
          message: `There is no architecture ${architecture}.`,
          hint: `There are: ${modelIds.join(', ')}.`,
        })
      // Commander knows numbers only; the architecture's own schema checks them.
      const [written] = await writeModel(output, createModel(id, options as ModelOptions<typeof id>))
      write(json ? `${JSON.stringify(written)}\n` : `${output} (${bytesText(written?.bytes ?? 0)})\n`)
    })
}

function shapeArgument(text: string): [number, number, number] {
  const [, channels, height, width] = (/^(\d+)x(\d+)x(\d+)$/.exec(text) ?? []).map(Number)
  if (!channels || !height || !width)
    throw new InvalidArgumentError('It must be channels x height x width, such as 3x224x224.')
  return [channels, height, width]
}
