import type { DataType } from './data-type.ts'
import { DataError } from './errors.ts'
import type { Dimension, Graph, Shape, ValueInfo } from './graph.ts'
import type { Batch, Session, TensorData, TensorMap } from './ports.ts'
import { elementCount, newTypedArray } from './tensor.ts'

/** What one run of a model takes: a batch, or a part of it where the model's batch size is fixed. */
export interface Feeds {
  readonly tensors: TensorMap
  /** Number of the batch's samples in it. */
  readonly size: number
  /** Rows of the tensors: more than `size` where the last sample was repeated to fill a fixed batch. */
  readonly rows: number
}

/** What went into one run and came out, without the rows that only filled a fixed batch. */
export interface RunOutput {
  readonly inputs: TensorMap
  readonly outputs: TensorMap
  /** Class of each sample; undefined for data without labels. */
  readonly labels: Int32Array | undefined
  readonly size: number
}

/**
 * Binds a batch's tensors to a graph's inputs: by name, or the only one to the only one. Tensors that the graph has no
 * input for are left out. A graph whose first dimension is a number, and so runs that many samples at a time, gets the
 * batch in parts; the last part is filled by its last sample.
 * @throws DataError `DATA_INPUT` when an input of the graph finds no tensor, `DATA_SHAPE` when type or shape do not fit
 */
export function feedsOf(graph: Graph, batch: Batch): readonly Feeds[] {
  const bound = graph.inputs.map(input => [input, requiredTensor(input, graph, batch)] as const)
  for (const [input, tensor] of bound) checkTensor(input, tensor, batch.size)
  const rows = fixedBatchSize(graph)
  if (rows === undefined || rows === batch.size)
    return [{ tensors: mapTensors(bound, tensor => tensor), size: batch.size, rows: batch.size }]
  return Array.from({ length: Math.ceil(batch.size / rows) }, (_, part) => {
    const first = part * rows
    const size = Math.min(rows, batch.size - first)
    return { tensors: mapTensors(bound, tensor => rowsOf(tensor, first, size, rows)), size, rows }
  })
}

/**
 * Runs a batch: the one place where it is bound, cut into parts for a fixed batch size, and put out without filling.
 * @param fetches names of the outputs to return; default all
 * @throws what `feedsOf` and the session throw
 */
export async function* runBatch(
  session: Session,
  graph: Graph,
  batch: Batch,
  fetches?: readonly string[],
): AsyncGenerator<RunOutput> {
  let first = 0
  for (const { tensors, size, rows } of feedsOf(graph, batch)) {
    const outputs = await session.run(tensors, fetches)
    yield {
      inputs: withoutFilling(tensors, size, rows),
      outputs: withoutFilling(outputs, size, rows),
      labels: batch.labels?.subarray(first, first + size),
      size,
    }
    first += size
  }
}

/** The number of samples that every run of the graph takes; undefined where it takes any. */
export function fixedBatchSize(graph: Graph): number | undefined {
  const sizes = graph.inputs.map(({ type }) => type?.shape?.[0])
  return sizes.find(size => typeof size === 'number')
}

// A tensor whose first axis is not the batch (a reshaped one) has no rows of samples that could be left out.
const withoutFilling = (tensors: TensorMap, size: number, rows: number): TensorMap =>
  size === rows
    ? tensors
    : Object.fromEntries(
        Object.entries(tensors).map(([name, tensor]) => [
          name,
          tensor.dims[0] === rows ? rowsOf(tensor, 0, size, size) : tensor,
        ]),
      )

const mapTensors = (
  bound: readonly (readonly [ValueInfo, TensorData])[],
  change: (tensor: TensorData) => TensorData,
): TensorMap => Object.fromEntries(bound.map(([{ name }, tensor]) => [name, change(tensor)]))

/** `size` rows from `first`; then the last of them again and again, up to `rows`. */
function rowsOf({ dataType, dims, data }: TensorData, first: number, size: number, rows: number): TensorData {
  const length = elementCount(dims.slice(1))
  const given = data.subarray(first * length, (first + size) * length)
  const shape = [rows, ...dims.slice(1)]
  if (size === rows) return { dataType, dims: shape, data: given }
  const filled = newTypedArray(dataType, rows * length)
  filled.set(given as never)
  for (let row = size; row < rows; row++) filled.set(given.subarray((size - 1) * length) as never, row * length)
  return { dataType, dims: shape, data: filled }
}

/** The batch's tensor for an input of the graph: by name, or the only one for the only one; undefined where it has none. */
export function tensorFor(name: string, { inputs }: Graph, batch: Batch): TensorData | undefined {
  const tensors = Object.values(batch.inputs)
  const named = Object.hasOwn(batch.inputs, name) ? batch.inputs[name] : undefined
  return named ?? (inputs.length === 1 && tensors.length === 1 ? tensors[0] : undefined)
}

function requiredTensor({ name }: ValueInfo, graph: Graph, batch: Batch): TensorData {
  const found = tensorFor(name, graph, batch)
  if (found) return found
  throw new DataError({
    code: 'DATA_INPUT',
    message: `The model's input ${name} finds no tensor in the data, which has ${Object.keys(batch.inputs).join(', ') || 'none'}.`,
    hint: `Name the data's tensors as the model's inputs: ${graph.inputs.map(input => input.name).join(', ')}.`,
  })
}

function checkTensor({ name, type }: ValueInfo, tensor: TensorData, size: number): void {
  if (tensor.dims[0] !== size)
    throw shapeError(
      `A batch of ${size} samples has a tensor ${described(tensor.dataType, tensor.dims)} for ${name}.`,
      ['The first axis counts the samples.'],
    )
  if (!type) return
  const { dataType, shape } = type
  if (tensor.dataType === dataType && (!shape || fits(tensor.dims, shape))) return
  throw shapeError(
    `The model's input ${name} takes ${described(dataType, shape)}, but the data is ${described(tensor.dataType, tensor.dims)}.`,
    advice(tensor, dataType, shape),
  )
}

const shapeError = (message: string, advices: readonly string[]) =>
  new DataError({ code: 'DATA_SHAPE', message, hint: advices.join(' ') })

const described = (dataType: DataType, shape: Shape | undefined) =>
  shape ? `${dataType} [${shape.map(dimension => dimension ?? '?').join(', ')}]` : dataType

/** The first axis is the batch's, which is cut to fit. */
const fits = (dims: readonly number[], shape: Shape): boolean =>
  dims.length === shape.length && shape.slice(1).every((dimension, axis) => agrees(dims[axis + 1], dimension))

const agrees = (given: number | undefined, expected: Dimension | undefined) =>
  typeof expected !== 'number' || given === expected

/** What to change in the preprocessing. */
function advice({ dataType: given, dims }: TensorData, dataType: DataType, shape: Shape | undefined): string[] {
  const advices: string[] = []
  if (given !== dataType)
    advices.push(
      `Preprocessing makes float32: put a Cast to ${dataType} at the model's input, or feed ${dataType} yourself.`,
    )
  if (!shape || fits(dims, shape)) return advices
  if (dims.length !== 4 || shape.length !== 4) return [...advices, 'Give samples of the shape that the model takes.']
  const expectsNhwc = fits(permuted(dims, [0, 2, 3, 1]), shape)
  if (expectsNhwc || fits(permuted(dims, [0, 3, 1, 2]), shape))
    return [...advices, `Set layout: ${expectsNhwc ? 'NHWC' : 'NCHW'} in the preprocessing.`]
  const layout = isChannels(shape[3]) && !isChannels(shape[1]) ? 'NHWC' : 'NCHW'
  const [channels, height, width] = layout === 'NHWC' ? ([3, 1, 2] as const) : ([1, 2, 3] as const)
  if (!agrees(dims[channels], shape[channels]))
    advices.push(
      isChannels(shape[channels])
        ? `Set colour: ${shape[channels] === 1 ? 'grey' : 'RGB (or BGR)'} and layout: ${layout} in the preprocessing.`
        : `The model takes ${shape[channels]} channels, which an image does not have: feed samples of your own.`,
    )
  if (!agrees(dims[height], shape[height]) || !agrees(dims[width], shape[width]))
    advices.push(
      `Set resize: { width: ${shape[width]}, height: ${shape[height]} } (or a crop of that size) in the preprocessing.`,
    )
  return advices
}

const permuted = (dims: readonly number[], order: readonly number[]) => order.map(axis => dims[axis] ?? 0)

const isChannels = (dimension: Dimension | undefined) => dimension === 1 || dimension === 3
