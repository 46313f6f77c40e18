import {
  DataError,
  type DataSource,
  elementCount,
  type Graph,
  RecipeError,
  runBatch,
  type StrategyContext,
  type TensorData,
  withOutputs,
} from '@pare/core-graph'
import { sampleShape } from './merge-teacher.ts'
import { pairError } from './tensor-pairs.ts'

/** What a teacher makes of all training samples: a row for each, by its place in the data. */
export type TeacherOutputs = ReadonlyMap<string, TensorData>

/** Beyond it a typed array gets no memory on some machines, and the teacher is faster than the disk. */
const mostBytes = 2 ** 31

const batchSize = 64

/**
 * Runs the teacher once over the training data, in its order; what was kept by an earlier run is read instead.
 * @param names of its tensors
 * @param id of the strategy, for errors
 * @throws DataError `DATA_CACHE` for data whose samples are not the same each time, RecipeError `RECIPE_PAIR` for
 *   tensors that are too large
 */
export async function teacherOutputs(
  teacher: Graph,
  names: readonly string[],
  context: StrategyContext,
  id: string,
): Promise<TeacherOutputs> {
  const { train, tensors } = context
  if (!train)
    throw new RecipeError({
      code: 'RECIPE_NEED',
      message: `${id} was given no training data to compute the teacher's tensors of.`,
      hint: 'Say under data.train where the samples are.',
    })
  const size = sizeOf(train, id)
  const outputs = new Map<string, TensorData>()
  for (const name of new Set(names)) {
    const kept = await tensors?.read(fileOf(name))
    if (kept?.dims[0] === size) outputs.set(name, kept)
  }
  const missing = [...new Set(names)].filter(name => !outputs.has(name))
  if (missing.length === 0) return outputs
  const made = emptyOutputs(teacher, missing, size)
  await computeInto(made, teacher, train, context, id)
  for (const [name, tensor] of made) {
    await tensors?.write(fileOf(name), tensor)
    outputs.set(name, tensor)
  }
  return outputs
}

const fileOf = (name: string) => `teacher ${name}`

/** @throws DataError `DATA_CACHE` */
function sizeOf({ size, augments }: DataSource, id: string): number {
  if (augments)
    throw cacheError(
      `${id}: a teacher's tensors cannot be kept, since the training data is changed at random in each epoch.`,
      'Turn cache off, or train with augment: false.',
    )
  if (size === undefined) throw cacheError(`${id}: a teacher's tensors cannot be kept of a stream.`, 'Turn cache off.')
  return size
}

const cacheError = (message: string, hint: string) => new DataError({ code: 'DATA_CACHE', message, hint })

function emptyOutputs(teacher: Graph, names: readonly string[], size: number): Map<string, TensorData> {
  const bytes = names.reduce((sum, name) => sum + 4 * size * elementCount(shapeOf(teacher, name)), 0)
  if (bytes > mostBytes)
    throw pairError(
      `The teacher's tensors ${names.join(', ')} of ${size} samples are ${(bytes / 2 ** 30).toFixed(1)} GiB, too much to be kept.`,
      'Turn cache off for them: it pays for small tensors, such as logits.',
    )
  return new Map(
    names.map(name => {
      const dims = [size, ...shapeOf(teacher, name)]
      return [name, { dataType: 'float32', dims, data: new Float32Array(elementCount(dims)) }]
    }),
  )
}

function shapeOf(teacher: Graph, name: string): readonly number[] {
  const shape = sampleShape(teacher, name)
  if (shape) return shape
  throw pairError(
    `The size of the teacher's tensor ${name} is not known, so that it cannot be kept.`,
    'Turn cache off, or give the teacher a fixed input size.',
  )
}

async function computeInto(
  outputs: ReadonlyMap<string, TensorData>,
  teacher: Graph,
  train: DataSource,
  { executor, progress, signal }: StrategyContext,
  id: string,
): Promise<void> {
  const graph = withOutputs(teacher, [...outputs.keys()])
  await using session = await executor.open(graph)
  let done = 0
  for await (const batch of train.batches({ batchSize, signal })) {
    if (!batch.places) throw unplaced(id)
    let start = 0
    for await (const run of runBatch(session, graph, batch)) {
      const places = batch.places.subarray(start, start + run.size)
      for (const [name, kept] of outputs) putRows(kept, run.outputs[name], places, name)
      start += run.size
      done += run.size
      progress({ done, total: train.size, unit: 'samples' })
    }
  }
  if (done !== train.size)
    throw cacheError(
      `${id}: the training data gave ${done} samples of the ${train.size} that it says to have.`,
      'A data source of your own must give as many samples as it says.',
    )
}

/** Puts what the teacher made of samples in their places. @throws RecipeError `RECIPE_PAIR` for what is no row for each */
function putRows({ data, dims }: TensorData, made: TensorData | undefined, places: Int32Array, name: string): void {
  const [rows, ...row] = made?.dims ?? []
  if (made?.dataType !== 'float32' || rows !== places.length || `${row}` !== `${dims.slice(1)}`)
    throw pairError(
      `The teacher's tensor ${name} is ${made?.dataType} [${made?.dims}] of ${places.length} samples; what is kept is a float32 row for each.`,
      'Turn cache off.',
    )
  const length = elementCount(row)
  for (const [index, place] of places.entries())
    (data as Float32Array).set(made.data.subarray(index * length, (index + 1) * length) as Float32Array, place * length)
}

const unplaced = (id: string) =>
  cacheError(`${id}: the training data does not tell which sample is which (\`places\`).`, 'Turn cache off.')

/** The rows of some samples. @throws DataError `DATA_CACHE` for a batch that does not tell which they are */
export function rowsOf(tensor: TensorData, places: Int32Array | undefined, id: string): TensorData {
  if (!places) throw unplaced(id)
  const length = elementCount(tensor.dims.slice(1))
  const data = new Float32Array(places.length * length)
  for (const [row, place] of places.entries())
    data.set(tensor.data.subarray(place * length, (place + 1) * length) as Float32Array, row * length)
  return { dataType: tensor.dataType, dims: [places.length, ...tensor.dims.slice(1)], data }
}
