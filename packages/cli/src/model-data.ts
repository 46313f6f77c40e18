import { existsSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { type Graph, inferTypes, RecipeError } from '@pare/core-graph'
import {
  type DataDeclarationInput,
  type Dataset,
  datasetNames,
  datasetOf,
  declareArrays,
  openDataSource,
  type PreprocessInput,
} from '@pare/data'
import { readPreprocess } from '@pare/recipe'
import { type Command, Option } from 'commander'

/** Data as it is named on the command line. */
export interface DataFlags {
  /** What `withDataOptions` says. */
  readonly data: string
  /** IDX or .npy file of the labels, or the array or column that holds them. */
  readonly labels?: string
  /** `input=array` for each input of the model, or its only array. */
  readonly inputs?: readonly string[]
  /** A YAML or JSON file of the preprocessing. */
  readonly preprocess?: string
}

/** Adds the options that say where samples are. */
export const withDataOptions = (command: Command, what: string, { optional = false } = {}): Command =>
  command
    .addOption(
      new Option(
        '-d, --data <path>',
        `${what}: a folder of images, a .csv or .json list, an IDX, .npy, .npz or Parquet file, a folder of those, or a fetched data set`,
      ).makeOptionMandatory(!optional),
    )
    .option('--labels <name>', 'the labels: an IDX or .npy file; of an .npz or Parquet file, an array or a column')
    .option('--inputs <input=array...>', 'which array or column goes to which input of the model (default: by name)')
    .option(
      '--preprocess <file>',
      "how an image becomes the model's input (YAML or JSON; default: the plainest that fits)",
    )

/**
 * Opens the data that the flags name, for a model.
 * @param note is told what was chosen where the flags leave it open
 * @throws as `declaredData`, `preprocessOf` and `openDataSource`
 */
export async function openData(flags: DataFlags, graph: Graph, note: (message: string) => void) {
  const { declaration, baseDirectory } = await declaredData(flags, graph)
  const preprocess = await preprocessOf(flags, declaration, graph, note)
  return openDataSource(declaration, { preprocess, baseDirectory, inputs: graph.inputs })
}

/** Where the samples are, and where relative paths of the declaration start. */
export interface DeclaredData {
  readonly declaration: DataDeclarationInput
  readonly baseDirectory: string
}

/**
 * What data named on the command line is, by what is there.
 * @param split of a fetched data set
 * @throws RecipeError `DATA_FLAG`
 */
export async function declaredData(
  flags: DataFlags,
  graph: Graph,
  split: keyof Dataset['splits'] = 'test',
): Promise<DeclaredData> {
  const { data, labels } = flags
  const found = await stat(data).catch(() => undefined)
  if (!found && datasetNames.includes(data)) return declaredDataset(flags, split)
  const baseDirectory = process.cwd()
  const arrays = assignments(flags, graph)
  if (arrays && /\.npy$/i.test(data)) throw unusedFlag('--inputs', data, 'it is one array, for the only input')
  const declaration = await declareArrays(data, {
    inputs: graph.inputs,
    ...(arrays ? { arrays } : {}),
    ...(labels === undefined ? {} : { labels }),
  })
  if (declaration) return { declaration, baseDirectory }
  if (!found)
    throw new RecipeError({
      code: 'DATA_FLAG',
      message: `There is no file or folder ${data}, and no data set of that name.`,
      hint: `Give a folder of images, a list (.csv or .json), an IDX, .npy, .npz or Parquet file, or one of: ${datasetNames.join(', ')}.`,
    })
  if (!found.isFile() && !found.isDirectory())
    throw new RecipeError({
      code: 'DATA_FLAG',
      message: `${data} is neither a file nor a folder.`,
      hint: 'Write what comes out of a pipe into a file first.',
    })
  if (arrays) throw unusedFlag('--inputs', data, 'images go to the first input of the model')
  if (found.isFile() && !/\.(csv|json)$/i.test(data))
    return { declaration: { kind: 'idx', images: data, ...(labels === undefined ? {} : { labels }) }, baseDirectory }
  if (labels !== undefined) throw unusedFlag(`--labels ${labels}`, data, 'folders and lists say the labels themselves')
  return { declaration: { kind: found.isDirectory() ? 'image-folder' : 'image-list', path: data }, baseDirectory }
}

function declaredDataset({ data, labels, inputs }: DataFlags, split: keyof Dataset['splits']): DeclaredData {
  if (labels !== undefined || inputs)
    throw unusedFlag(labels === undefined ? '--inputs' : '--labels', data, 'a data set says that itself')
  const baseDirectory = datasetFolder(data)
  if (existsSync(baseDirectory)) return { declaration: datasetOf(data).splits[split], baseDirectory }
  throw new RecipeError({
    code: 'DATA_FLAG',
    message: `The data set ${data} is not in ${baseDirectory}.`,
    hint: `Bring it there: pare data fetch ${data}`,
  })
}

/** `ids=input_ids` as { ids: 'input_ids' }; a name alone goes to the only input. */
function assignments({ inputs: flags }: DataFlags, { inputs }: Graph): Readonly<Record<string, string>> | undefined {
  return (
    flags &&
    Object.fromEntries(
      flags.map(flag => {
        const [, input = inputs.length === 1 ? inputs[0]?.name : undefined, array] =
          /^(?:([^=]+)=)?([^=]+)$/.exec(flag) ?? []
        if (array !== undefined && inputs.some(({ name }) => name === input)) return [input, array]
        throw new RecipeError({
          code: 'DATA_FLAG',
          message: `--inputs ${flag} does not say which array goes to which input of the model.`,
          hint: `Write --inputs ${inputs.map(({ name }) => `${name}=…`).join(' ')}.`,
        })
      }),
    )
  )
}

const unusedFlag = (flag: string, data: string, reason: string) =>
  new RecipeError({
    code: 'DATA_FLAG',
    message: `${flag} is given, but ${data} takes none.`,
    hint: `Leave it out: ${reason}.`,
  })

/** Where a data set is put unless the user says otherwise. */
export const datasetFolder = (name: string): string => resolve('.pare', 'datasets', name)

/**
 * The preprocessing of a command: from its file, the data set's own, or (said by `note`) the plainest that fits the
 * model's input. Tensors have none.
 * @throws RecipeError `DATA_FLAG`, and what `readPreprocess` throws
 */
export async function preprocessOf(
  flags: DataFlags,
  { kind }: DataDeclarationInput,
  graph: Graph,
  note: (message: string) => void,
): Promise<PreprocessInput> {
  if (kind === 'tensors' && flags.preprocess !== undefined)
    throw unusedFlag('--preprocess', flags.data, 'tensors are fed as they are')
  if (kind === 'tensors') return {}
  if (flags.preprocess !== undefined) return readPreprocess(flags.preprocess)
  if (datasetNames.includes(flags.data)) return datasetOf(flags.data).preprocess
  const preprocess = plainPreprocess(graph)
  note(`No --preprocess is given: images become ${JSON.stringify(preprocess)}. Wrong preprocessing costs accuracy.`)
  return preprocess
}

function plainPreprocess(graph: Graph): PreprocessInput {
  const shape = inferTypes(graph).values.get(graph.inputs[0]?.name ?? '')?.shape ?? []
  const last = shape.at(-1)
  const channelsLast = shape.length === 4 && (last === 1 || last === 3) && shape[1] !== 1 && shape[1] !== 3
  const [channels, height, width] = channelsLast ? [last, shape[1], shape[2]] : [shape[1], shape[2], shape[3]]
  return {
    colour: channels === 1 ? 'grey' : 'RGB',
    layout: channelsLast ? 'NHWC' : 'NCHW',
    ...(typeof height === 'number' && typeof width === 'number' ? { resize: { width, height } } : {}),
  }
}
