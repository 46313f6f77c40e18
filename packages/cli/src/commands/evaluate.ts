import { openDataSource } from '@pare/data'
import { compareModels, createEvaluator, type Fidelity } from '@pare/evaluate'
import { createExecutor, readModel } from '@pare/runtime'
import type { Command } from 'commander'
import { percentText, tableText } from '../format.ts'
import { declaredData, preprocessOf } from '../model-data.ts'
import type { Terminal } from '../program.ts'

interface Options {
  readonly data: string
  readonly labels?: string
  readonly preprocess?: string
  readonly against?: string
  readonly output?: string
  readonly limit?: string
  readonly json?: boolean
}

/** `pare evaluate model.onnx --data images/ [--against float.onnx]` */
export function addEvaluateCommand(program: Command, terminal: Terminal): void {
  program
    .command('evaluate')
    .argument('<model>', 'an ONNX model')
    .description('Measure accuracy on labelled data, or fidelity to another model without labels')
    .requiredOption(
      '-d, --data <path>',
      'images: a folder with a directory for each class, a .csv or .json list, an IDX file, or a fetched data set',
    )
    .option('--labels <file>', 'IDX file of the labels')
    .option(
      '--preprocess <file>',
      "how an image becomes the model's input (YAML or JSON; default: the plainest that fits)",
    )
    .option('--against <model>', 'compare with this float model, layer by layer')
    .option('--scores <output>', 'the output with the class scores (default: the first)')
    .option('--limit <number>', 'use so many samples only')
    .addHelpText(
      'after',
      '\nExamples:\n  pare evaluate model.onnx --data val/ --preprocess imagenet.yaml\n  pare evaluate model.int8.onnx --data photos/ --against model.onnx',
    )
    .action(async (path: string, _: unknown, command: Command) => {
      const options = command.optsWithGlobals<Options & { scores?: string }>()
      const graph = await readModel(path)
      const preprocess = await preprocessOf(options, graph, message => terminal.warn(`${message}\n`))
      const inputName = graph.inputs[0]?.name ?? 'input'
      const { declaration, baseDirectory } = await declaredData(options)
      await using source = await openDataSource(declaration, { preprocess, baseDirectory, inputName })
      const executor = createExecutor()
      const limit = options.limit === undefined ? {} : { limit: Number(options.limit) }
      const scores = options.scores === undefined ? {} : { output: options.scores }
      const common = { executor, source, ...limit, ...scores }
      const metrics = source.labelled ? await createEvaluator(common)(graph, { signal: terminal.signal }) : undefined
      const fidelity =
        options.against === undefined
          ? undefined
          : await compareModels(await readModel(options.against), graph, { ...common, signal: terminal.signal })
      if (options.json) return terminal.write(`${JSON.stringify({ metrics, fidelity })}\n`)
      if (!metrics && !fidelity)
        terminal.warn('The data has no labels: give --against to compare with another model.\n')
      if (metrics)
        terminal.write(
          tableText(
            ['metric', 'value'],
            Object.entries(metrics).map(([name, value]) => [
              name,
              /^top\d+$/.test(name) ? percentText(value) : value.toPrecision(4),
            ]),
          ),
        )
      if (fidelity) terminal.write(fidelityText(fidelity))
    })
}

function fidelityText({ agreement, sqnr, layers }: Fidelity): string {
  const rows = layers.slice(0, 10).map(layer => [layer.value, decibelText(layer.sqnr), layer.cosine.toFixed(5)])
  return [
    agreement === undefined ? '' : `${percentText(agreement)} of the predictions agree\n`,
    `signal to quantization noise of the output: ${decibelText(sqnr)}\n\n`,
    tableText(['layer, worst first', 'SQNR', 'cosine'], rows),
  ].join('')
}

const decibelText = (sqnr: number | null) => (sqnr === null ? 'exact' : `${sqnr.toFixed(1)} dB`)
