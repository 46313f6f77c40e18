import { readdir, readFile } from 'node:fs/promises'
import { join, resolve } from 'node:path'
import { DataError, type DataSource, type Graph, RecipeError } from '@pare/core-graph'
import { openDataSource } from '@pare/data'
import { type Explanation, explain, type Finding, isQuantized, type RecipeChange } from '@pare/quant'
import { Compressor, loadModel, type Recipe } from '@pare/recipe'
import { writeReport } from '@pare/report'
import { createExecutor, readModel, writeFileWhole } from '@pare/runtime'
import type { Command } from 'commander'
import { countArgument } from '../arguments.ts'
import { type DataFlags, openData, withDataOptions } from '../model-data.ts'
import { progressLines } from '../progress-display.ts'
import { tableText } from '../table.ts'
import type { CommandContext } from '../terminal.ts'

interface Options extends Omit<DataFlags, 'data'> {
  readonly data?: string
  readonly samples: number
  readonly layers: number
  readonly json?: boolean
}

/** `pare explain runs/demo/1` or `pare explain float.onnx int8.onnx --data images/` */
export function defineExplain(command: Command, { signal, write, warn }: CommandContext): void {
  withDataOptions(
    command
      .argument('<run-or-float>', 'the folder of a finished run; or a float model')
      .argument('[int8]', 'the int8 model that was made of it'),
    'samples, where no run is given',
    { optional: true },
  )
    .option('--samples <number>', 'samples to compare on', countArgument, 64)
    .option('--layers <number>', 'how many of the worst layers are looked into', countArgument, 5)
    .addHelpText(
      'after',
      '\nOf a run, explain.json is written to its folder, and the report again.\n\nExamples:\n  pare explain runs/demo/1\n  pare explain model.onnx model.int8.onnx --data photos/ --preprocess imagenet.yaml',
    )
    .action(async (first: string, second: string | undefined, _: unknown, command: Command) => {
      const options = command.optsWithGlobals<Options>()
      const { samples, layers, json } = options
      await using compared =
        second === undefined
          ? await openRun(resolve(first))
          : await openModels(first, second, options, message => warn(`${message}\n`))
      const { float, int8, source, calibration, folder } = compared
      const explanation = await explain(float, int8, {
        executor: createExecutor(),
        source,
        ...(calibration && { calibration }),
        samples,
        layers,
        signal,
        progress: progressLines(warn),
      })
      if (folder !== undefined) {
        const text = `${JSON.stringify(explanation, null, 2)}\n`
        await writeFileWhole(join(folder, 'explain.json'), [new TextEncoder().encode(text)])
        await writeReport(folder)
      }
      write(json ? `${JSON.stringify(explanation)}\n` : explanationText(explanation))
    })
}

interface Compared extends AsyncDisposable {
  readonly float: Graph
  readonly int8: Graph
  readonly source: DataSource
  readonly calibration?: DataSource
  /** Of the run. */
  readonly folder?: string
}

async function openModels(
  floatPath: string,
  int8Path: string,
  { data, ...flags }: Options,
  note: (message: string) => void,
): Promise<Compared> {
  if (data === undefined)
    throw new RecipeError({
      code: 'DATA_FLAG',
      message: 'Two models are given, but no samples to compare them on.',
      hint: 'Say where samples are: --data photos/',
    })
  const [float, int8] = [await readModel(floatPath), await readModel(int8Path)]
  const source = await openData({ ...flags, data }, float, note)
  return { float, int8, source, [Symbol.asyncDispose]: () => source[Symbol.asyncDispose]() }
}

async function openRun(folder: string): Promise<Compared> {
  const text = await readFile(join(folder, 'result.json'), 'utf8').catch(() => undefined)
  if (text === undefined)
    throw new DataError({
      code: 'DATA_RUN_MISSING',
      message: `${folder} is not the folder of a finished run: it has no result.json.`,
      hint: 'Give the folder that `pare run` named at its end, or a float model and an int8 one with --data.',
    })
  const { origin } = JSON.parse(text) as { readonly origin?: { readonly baseDirectory?: string } }
  const baseDirectory = origin?.baseDirectory ?? process.cwd()
  const { recipe } = await Compressor.open(join(folder, 'recipe.yaml'))
  const int8 = await readModel(join(folder, 'model.onnx'))
  if (!isQuantized(int8))
    throw new DataError({
      code: 'DATA_RUN_FLOAT',
      message: `The result of the run in ${folder} is not quantized: there is nothing to explain.`,
      hint: 'Give a run with a stage of quant.static or quant.qat.',
    })
  const float = await floatModel(folder, recipe, baseDirectory)
  const { preprocess, validation, calibration, train } = recipe.data
  const [samples = calibration ?? train, typical] = [validation, calibration ?? train]
  if (!samples)
    throw new RecipeError({
      code: 'RECIPE_DATA',
      message: 'explain needs samples, and the recipe of the run declares none.',
      hint: 'Give both models, and samples by --data.',
    })
  const open = (declaration: typeof samples) =>
    openDataSource(declaration, { preprocess, baseDirectory, inputs: float.inputs })
  const source = await open(samples)
  const typicalSource = typical && typical !== samples ? await open(typical) : undefined
  return {
    float,
    int8,
    source,
    ...(typicalSource && { calibration: typicalSource }),
    folder,
    [Symbol.asyncDispose]: async () => {
      await source[Symbol.asyncDispose]()
      await typicalSource?.[Symbol.asyncDispose]()
    },
  }
}

/** What was quantized: the model after the last stage that left it in float, or the one that the run began with. */
async function floatModel(folder: string, recipe: Recipe, baseDirectory: string): Promise<Graph> {
  const steps = join(folder, 'steps')
  const models = (await readdir(steps)).filter(name => name.endsWith('.onnx'))
  const { compare } = new Intl.Collator('en', { numeric: true })
  for (const name of models.sort(compare).toReversed()) {
    const graph = await readModel(join(steps, name))
    if (!isQuantized(graph)) return graph
  }
  return loadModel(recipe, baseDirectory)
}

function explanationText({ before, samples, findings, layers, notes }: Explanation): string {
  const confirmed = findings.filter(finding => finding.confirmed)
  const agreement =
    before.agreement === undefined ? '' : `; ${(100 * before.agreement).toFixed(1)} % have the same top class`
  const rows = layers.map(({ node, op, sqnr, inFloat, cause }) => [
    node,
    op,
    sqnr === null ? 'exact' : `${sqnr.toFixed(1)} dB`,
    `${inFloat.gain.toFixed(1)} dB`,
    cause ?? '',
  ])
  return [
    `On ${samples} samples the int8 model's outputs have ${before.sqnr === null ? 'no noise' : `${before.sqnr.toFixed(1)} dB of signal to noise`}${agreement}.\n\n`,
    confirmed.length === 0 ? 'No cause was found that can be mended by itself.\n\n' : '',
    ...confirmed.map(findingText),
    tableText(['layers that lose most', 'operator', 'SQNR', 'comes back in float', 'likely cause'], rows),
    ...notes.map(note => `\n${note}\n`),
  ].join('')
}

const findingText = ({ title, nodes, sentence, advice, experiment }: Finding, index: number): string =>
  [
    `${index + 1}. ${title}${nodes.length > 0 ? `: ${nodes.join(', ')}` : ''}`,
    `   ${sentence}`,
    `   ${advice}`,
    ...(experiment ? [`   In the recipe: ${changeText(experiment.change)}`] : []),
    '\n',
  ].join('\n')

/** As it is written in YAML, on one line. */
const changeText = (change: RecipeChange): string =>
  Object.entries(change)
    .map(
      ([key, value]) =>
        `${key}: ${JSON.stringify(value)
          .replaceAll(/"(\w+)":/g, '$1: ')
          .replaceAll('"', "'")
          .replaceAll(',', ', ')}`,
    )
    .join(', ')
