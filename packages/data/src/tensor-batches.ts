import { DataError, newTypedArray } from '@pare/core-graph'
import type { SampleArray } from './arrays/sample-array.ts'
import type { MadeBatch } from './batch-maker.ts'
import { convertElements } from './convert-elements.ts'
import type { ModelInput, TensorReader } from './reader.ts'

/** Batches of tensors as the model takes them: only what it has an input for, in the type of the input. */
export function tensorBatches({ arrays }: TensorReader, inputs: readonly ModelInput[]) {
  checkNames(arrays, inputs)
  const fed = [...arrays].map(([name, array]) => {
    const type = inputs.find(input => input.name === name)?.type
    const dataType = type?.dataType ?? array.dataType
    if (type) checkFits(name, array, type)
    return { name, array, dataType }
  })
  const make = async (indices: Uint32Array): Promise<MadeBatch> => {
    const tensors = []
    for (const { name, array, dataType } of fed) {
      const elements = await array.rows(indices)
      tensors.push([
        name,
        {
          dataType,
          dims: [indices.length, ...array.dims.slice(1)],
          data: convertElements(elements, array.dataType, dataType, { input: name, array: array.name }),
        },
      ] as const)
    }
    return { inputs: Object.fromEntries(tensors), mixed: undefined }
  }
  return {
    inputs: Object.fromEntries(fed.map(({ name, array, dataType }) => [name, { dataType, dims: array.dims.slice(1) }])),
    make,
  }
}

function checkNames(arrays: TensorReader['arrays'], inputs: readonly ModelInput[]): void {
  if (inputs.length === 0) return
  const names = inputs.map(input => input.name)
  const unknown = [...arrays.keys()].find(name => !names.includes(name))
  const missing = names.find(name => !arrays.has(name))
  if (unknown === undefined && missing === undefined) return
  throw new DataError({
    code: 'DATA_INPUT',
    message:
      unknown === undefined
        ? `The model's input ${missing} finds no array in the data.`
        : `The data names an input ${unknown}, which the model does not have.`,
    hint: `The model's inputs are ${names.join(', ')}: give each an array under \`inputs\`.`,
  })
}

function checkFits(input: string, { name, dataType, dims }: SampleArray, type: NonNullable<ModelInput['type']>): void {
  const { shape } = type
  // Fails where no value can be converted.
  convertElements(newTypedArray(dataType, 0), dataType, type.dataType, { input, array: name })
  // The first axis counts the samples: a batch is cut to what the model takes.
  const fits =
    !shape ||
    (shape.length === dims.length &&
      shape.slice(1).every((dimension, axis) => typeof dimension !== 'number' || dimension === dims[axis + 1]))
  if (fits) return
  const expected = shape.map((dimension, axis) => (axis === 0 ? 'N' : (dimension ?? '?'))).join(', ')
  throw new DataError({
    code: 'DATA_SHAPE',
    message: `The model's input ${input} takes ${type.dataType} [${expected}], but ${name} is ${dataType} [${dims.join(', ')}].`,
    hint:
      shape.length === dims.length
        ? 'The first axis counts the samples; pad, cut or transpose the others when you save the array.'
        : `Save it with ${shape.length} axes, of which the first counts the samples: np.reshape, or x[:, None].`,
  })
}
