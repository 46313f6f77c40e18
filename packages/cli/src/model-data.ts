import { existsSync } from 'node:fs'
import { stat } from 'node:fs/promises'
import { resolve } from 'node:path'
import { type Graph, inferTypes, RecipeError } from '@pare/core-graph'
import { type DataDeclarationInput, datasetNames, datasetOf, type PreprocessInput } from '@pare/data'
import { readPreprocess } from '@pare/recipe'

/** Data as it is named on the command line. */
export interface DataFlags {
  /** A folder of images (a class per directory), a CSV or JSON list, an IDX file, or the name of a fetched data set. */
  readonly data: string
  /** IDX file of the labels, where `data` is an IDX file. */
  readonly labels?: string
  /** A YAML or JSON file of the preprocessing. */
  readonly preprocess?: string
}

/** Where the samples are, and where relative paths of the declaration start. */
export interface DeclaredData {
  readonly declaration: DataDeclarationInput
  readonly baseDirectory: string
}

/**
 * What data named on the command line is, by what is there.
 * @throws RecipeError `DATA_FLAG`
 */
export async function declaredData({ data, labels }: DataFlags): Promise<DeclaredData> {
  const found = await stat(data).catch(() => undefined)
  const isIdx = found?.isFile() === true && !/\.(csv|json)$/i.test(data)
  if (labels !== undefined && !isIdx)
    throw new RecipeError({
      code: 'DATA_FLAG',
      message: `--labels ${labels} is given, but ${data} is no IDX file.`,
      hint: 'Leave it out: folders and lists say the labels themselves.',
    })
  if (!found && datasetNames.includes(data)) {
    const baseDirectory = datasetFolder(data)
    if (existsSync(baseDirectory)) return { declaration: datasetOf(data).splits.test, baseDirectory }
    throw new RecipeError({
      code: 'DATA_FLAG',
      message: `The data set ${data} is not in ${baseDirectory}.`,
      hint: `Bring it there: pare data fetch ${data}`,
    })
  }
  if (!found)
    throw new RecipeError({
      code: 'DATA_FLAG',
      message: `There is no file or folder ${data}, and no data set of that name.`,
      hint: `Give a folder of images, a list (.csv or .json), an IDX file, or one of: ${datasetNames.join(', ')}.`,
    })
  const baseDirectory = process.cwd()
  if (isIdx)
    return { declaration: { kind: 'idx', images: data, ...(labels === undefined ? {} : { labels }) }, baseDirectory }
  return { declaration: { kind: found.isDirectory() ? 'image-folder' : 'image-list', path: data }, baseDirectory }
}

/** Where a data set is put unless the user says otherwise. */
export const datasetFolder = (name: string): string => resolve('.pare', 'datasets', name)

/**
 * The preprocessing of a command: from its file, the data set's own, or (said by `note`) the plainest that fits the model's input.
 * @throws RecipeError what `readPreprocess` throws
 */
export async function preprocessOf(
  flags: DataFlags,
  graph: Graph,
  note: (message: string) => void,
): Promise<PreprocessInput> {
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
