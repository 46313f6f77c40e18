import { DataError } from '@pare/core-graph'
import { z } from 'zod'
import { labelsOfArray } from '../arrays/array-labels.ts'
import { openNpyFile } from '../arrays/npy.ts'
import { arrayNamed, openTable } from '../arrays/open-table.ts'
import type { ArrayTable, SampleArray } from '../arrays/sample-array.ts'
import { classesSchema, classNamesOf } from '../labels.ts'
import { defineReader, type ModelInput } from '../reader.ts'
import { selectionShape } from '../selection.ts'

/** Samples that are no images: arrays of any shape and type, one for each input of the model, fed as they are. */
export const tensors = defineReader({
  id: 'tensors',
  declaration: z
    .strictObject({
      kind: z.literal('tensors'),
      path: z
        .string()
        .min(1)
        .optional()
        .describe(
          'Where the arrays are: an .npz file, a folder of .npy files, or Parquet files (one, a folder, or a pattern) whose columns are numbers or lists of one length.',
        ),
      inputs: z
        .union([z.string().min(1), z.record(z.string(), z.string().min(1))], {
          error: 'expected an array, or { input: array } for each input of the model',
        })
        .optional()
        .describe(
          'The array of each input of the model, as { ids: input_ids }; for a model with one input, its array. Arrays are named as in `path`; without one, they are .npy files. Default: arrays named like the inputs.',
        ),
      labels: z
        .string()
        .min(1)
        .optional()
        .describe('The array of the class numbers, [N], named like the others. Default: data without labels.'),
      classes: classesSchema,
      ...selectionShape,
    })
    .refine(({ path, inputs }) => path !== undefined || inputs !== undefined, {
      message: 'say where the arrays are: path, or inputs as .npy files',
    }),
  open: async ({ path, inputs, labels, classes }, resolve, modelInputs) => {
    const table = path === undefined ? undefined : await openTable(resolve(path))
    const open = (name: string) => (table ? arrayNamed(table, name) : openNpyFile(resolve(name)))
    const arrays = new Map<string, SampleArray>()
    for (const [input, name] of namedArrays(inputs, table, modelInputs, labels)) arrays.set(input, await open(name))
    const [first] = arrays.values()
    const size = first?.dims[0] ?? 0
    for (const { name, dims } of arrays.values())
      if (dims[0] !== size)
        throw new DataError({
          code: 'DATA_SAMPLE_COUNT',
          message: `${name} has ${dims[0]} samples, but ${first?.name} has ${size}.`,
          hint: 'The first axis counts the samples: use arrays of the same split.',
        })
    const nameOf = (index: number) => `sample ${index} of ${first?.name}`
    return {
      kind: 'tensors',
      size,
      labels: labels === undefined ? undefined : await labelsOfArray(await open(labels), size, classes, nameOf),
      classNames: classNamesOf(classes),
      arrays,
    }
  },
})

/** Which array goes to which input of the model. */
function namedArrays(
  inputs: string | Readonly<Record<string, string>> | undefined,
  table: ArrayTable | undefined,
  modelInputs: readonly ModelInput[],
  labels: string | undefined,
): readonly (readonly [input: string, array: string])[] {
  const [only = { name: 'input' }, ...others] = modelInputs
  if (typeof inputs === 'string') return [[only.name, inputs]]
  if (inputs) return Object.entries(inputs)
  const names = table?.names.filter(name => name !== labels) ?? []
  if (modelInputs.length === 0) return names.map(name => [name, name])
  const [first] = names
  if (others.length === 0 && names.length === 1 && first !== undefined) return [[only.name, first]]
  const missing = modelInputs.filter(({ name }) => !names.includes(name)).map(({ name }) => name)
  if (missing.length === 0) return modelInputs.map(({ name }) => [name, name])
  throw new DataError({
    code: 'DATA_INPUT',
    message: `${table?.path} has no ${table?.noun} named ${missing.join(' or ')}, which the model takes; it has ${names.join(', ') || 'none'}.`,
    hint: `Say which is which by \`inputs\`: { ${modelInputs.map(({ name }, index) => `${name}: ${names[index] ?? '…'}`).join(', ')} }; on the command line by --inputs ${modelInputs.map(({ name }, index) => `${name}=${names[index] ?? '…'}`).join(' ')}.`,
  })
}
