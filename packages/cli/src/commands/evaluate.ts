import { DataError, digits, percentText } from '@pare/core-graph'
import { checkInputs, compareModels, createEvaluator, type Fidelity } from '@pare/evaluate'
import { createExecutor, readModel } from '@pare/runtime'
import type { Command } from 'commander'
import { countArgument } from '../arguments.ts'
import { type DataFlags, openData, withDataOptions } from '../model-data.ts'
import { progressLines } from '../progress-display.ts'
import { tableText } from '../table.ts'
import type { CommandContext } from '../terminal.ts'

interface Options extends DataFlags {
  readonly against?: string
  readonly outputName?: string
  readonly limit?: number
  readonly json?: boolean
}

/** `pare evaluate model.onnx --data images/ [--against float.onnx]` */
export function defineEvaluate(command: Command, { signal, write, warn }: CommandContext): void {
  withDataOptions(command.argument('<model>', 'an ONNX model'), 'samples')
    .option('--against <model>', 'compare with this float model, layer by layer')
    .option('--output-name <output>', 'the output with the class scores (default: the first)')
    .option('--limit <number>', 'use so many samples only', countArgument)
    .addHelpText(
      'after',
      '\nExamples:\n  pare evaluate model.onnx --data val/ --preprocess imagenet.yaml\n  pare evaluate model.int8.onnx --data photos/ --against model.onnx\n  pare evaluate text.onnx --data test.npz --inputs ids=input_ids mask=attention_mask --labels label',
    )
    .action(async (path: string, _: unknown, command: Command) => {
      const options = command.optsWithGlobals<Options>()
      const graph = await readModel(path)
      await using source = await openData(options, graph, message => warn(`${message}\n`))
      const executor = createExecutor()
      if (!source.labelled && options.against === undefined)
        throw new DataError({
          code: 'DATA_LABELS',
          message: `${options.data} has no labels, so no accuracy can be measured.`,
          hint: 'Give labelled data, or --against the float model: a comparison needs no labels.',
        })
      for (const warning of await checkInputs(graph, { executor, source, signal })) warn(`${warning}\n`)
      const limit = options.limit === undefined ? {} : { limit: options.limit }
      const scores = options.outputName === undefined ? {} : { output: options.outputName }
      const common = { executor, source, ...limit, ...scores, progress: progressLines(warn) }
      const metrics = source.labelled ? await createEvaluator(common)(graph, { signal }) : undefined
      const fidelity =
        options.against === undefined
          ? undefined
          : await compareModels(await readModel(options.against), graph, { ...common, signal })
      if (options.json) return write(`${JSON.stringify({ metrics, fidelity })}\n`)
      if (metrics)
        write(
          tableText(
            ['metric', 'value'],
            Object.entries(metrics).map(([name, value]) => [
              name,
              /^top\d+$/.test(name) ? percentText(value) : digits(value, 4),
            ]),
          ),
        )
      if (fidelity) write(fidelityText(fidelity))
    })
}

function fidelityText({ agreement, samples, sqnr, layers }: Fidelity): string {
  const rows = layers.slice(0, 10).map(layer => [layer.value, decibelText(layer.sqnr), layer.cosine.toFixed(5)])
  return [
    agreement === undefined
      ? ''
      : `${percentText(agreement)} of the predictions on ${samples.toLocaleString('en')} samples agree\n`,
    `signal to quantization noise of the output: ${decibelText(sqnr)}\n\n`,
    tableText(['layer, worst first', 'SQNR', 'cosine'], rows),
  ].join('')
}

const decibelText = (sqnr: number | null) => (sqnr === null ? 'exact' : `${sqnr.toFixed(1)} dB`)
