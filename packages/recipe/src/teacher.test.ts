import { writeFile } from 'node:fs/promises'
import { join } from 'node:path'
import { createBuilder, type Graph, renameValues } from '@pare/core-graph'
import { writeModel } from '@pare/runtime'
import { expect, test } from 'vitest'
import { Compressor } from './compressor.ts'
import type { RecipeInput } from './schema.ts'
import { asking, folderWithModel, smallModel } from './testing/small-runs.ts'

const folder = folderWithModel()

/** The teacher that a strategy of the recipe gets. */
async function teacherOf(teacher: RecipeInput['teacher'], data: RecipeInput['data'] = {}) {
  let seen: Graph | undefined
  const strategy = asking(['teacher'], async context => {
    seen = context.teacher
    return undefined
  })
  const stages = [{ name: 'asks', use: ['test.asks'] }]
  const recipe: RecipeInput = { model: 'model.onnx', data, stages, ...(teacher !== undefined && { teacher }) }
  const compressor = await Compressor.open(recipe, { baseDirectory: folder(), strategies: [strategy] })
  const output = join(folder(), 'run')
  await compressor.run({ output })
  return { teacher: seen, again: () => compressor.run({ output, resume: true }) }
}

const tall = smallModel(2)

test('a teacher is a model of its own; its input has the name of the student’s; its file counts on resume', async () => {
  const input = tall.inputs[0]?.name ?? ''
  await writeModel(join(folder(), 'teacher.onnx'), renameValues(tall, new Map([[input, 'pixels']])))
  const { teacher, again } = await teacherOf('teacher.onnx')
  expect(teacher?.inputs.map(({ name }) => name)).toEqual([input])
  await again()
  await writeModel(join(folder(), 'teacher.onnx'), smallModel(3))
  await expect(again()).rejects.toMatchObject({ code: 'RUN_CHANGED', message: expect.stringContaining('teacher.onnx') })
})

test('float is the model that the run begins with', async () => {
  const { teacher } = await teacherOf('float')
  expect(teacher?.inputs).toMatchObject(smallModel(1).inputs)
  expect(teacher?.nodes.some(({ op }) => op === 'BatchNormalization')).toBe(false)
})

test('a teacher with a preprocessing of its own gets it in front', async () => {
  await writeModel(join(folder(), 'teacher.onnx'), tall)
  const { teacher } = await teacherOf(
    { model: 'teacher.onnx', preprocess: { colour: 'grey', mean: [0.5], std: [0.5] } },
    { preprocess: { colour: 'grey' } },
  )
  expect(teacher?.nodes[0]).toMatchObject({ name: 'preprocess/Conv', op: 'Conv' })
})

test.each([
  ['shape', 'float32', 3],
  ['type', 'float16', 1],
] as const)('an input of another %s than the student has is an error', async (_, dataType, channels) => {
  const b = createBuilder('other')
  b.output(b.named(b.Relu(b.input('pixels', dataType, ['N', channels, 8, 8])), 'y'))
  await writeModel(join(folder(), 'teacher.onnx'), b.build())
  await expect(teacherOf('teacher.onnx')).rejects.toMatchObject({
    code: 'RECIPE_TEACHER',
    message: `The teacher takes input ${dataType} [N, ${channels}, 8, 8], the student input float32 [N, 1, 8, 8].`,
  })
})

test('an input that the student does not have is an error', async () => {
  const b = createBuilder('two')
  b.output(b.named(b.Add(b.input('a', 'float32', ['N', 1, 8, 8]), b.input('b', 'float32', ['N', 1, 8, 8])), 'y'))
  await writeModel(join(folder(), 'teacher.onnx'), b.build())
  await expect(teacherOf('teacher.onnx')).rejects.toThrow(
    'The teacher has an input a float32 [N, 1, 8, 8], and the student',
  )
})

test('a file that is missing, and a preprocessing of tensors, are told', async () => {
  await expect(teacherOf('none.onnx')).rejects.toThrow('none.onnx')
  await writeModel(join(folder(), 'teacher.onnx'), tall)
  await writeFile(join(folder(), 'x.npy'), '')
  const validation = { kind: 'tensors' as const, inputs: 'x.npy' }
  await expect(teacherOf({ model: 'teacher.onnx', preprocess: {} }, { validation })).rejects.toThrow(
    'tensors are fed as',
  )
})
