import { resolve } from 'node:path'
import { type Graph, RecipeError, renameValues, simplify, type ValueInfo } from '@pare/core-graph'
import { preprocessSchema } from '@pare/data'
import { readModel } from '@pare/runtime'
import { z } from 'zod'
import { adaptPreprocess, channelsFirst, sizeIn } from './adapt-preprocess.ts'
import type { Recipe } from './schema.ts'

/** What a recipe says under `teacher:`. */
export const teacherSchema = z.union(
  [
    z.string().min(1),
    z.strictObject({
      model: z.string().min(1).describe('Path of an ONNX file, relative to the recipe.'),
      preprocess: preprocessSchema
        .optional()
        .describe(
          'How an image becomes the input of the teacher, where that is not `data.preprocess`: the tensors of the student are turned into it by nodes in front of the teacher.',
        ),
    }),
  ],
  { error: 'a path to an ONNX file, { model: path, preprocess: … }, or float' },
)

/** The word for the model that a run begins with. */
const ownModel = 'float'

/** Path of the teacher's file as the recipe says it; undefined where there is none. */
export function teacherPath({ teacher }: Recipe): string | undefined {
  if (teacher === undefined || teacher === ownModel) return undefined
  return typeof teacher === 'string' ? teacher : teacher.model
}

/**
 * The teacher of a recipe, as it takes the student's inputs: simplified, its own preprocessing in front of it.
 * @param student the model that the run begins with
 * @returns undefined where the recipe names none
 * @throws RecipeError `RECIPE_TEACHER` for inputs that cannot be matched, and what reading a model throws
 */
export async function loadTeacher(recipe: Recipe, baseDirectory: string, student: Graph): Promise<Graph | undefined> {
  const { teacher, data } = recipe
  const path = teacherPath(recipe)
  if (path === undefined) return teacher === undefined ? undefined : simplify(student).graph
  const { graph } = simplify(await readModel(resolve(baseDirectory, path)))
  const own = typeof teacher === 'object' ? teacher.preprocess : undefined
  if (own && [data.train, data.validation, data.calibration].some(declared => declared?.kind === 'tensors'))
    throw new RecipeError({
      code: 'RECIPE_TEACHER',
      message: 'teacher.preprocess is said of images, and tensors are fed as they are.',
      hint: 'Leave it out.',
    })
  if (!own) return withInputsOf(student, graph)
  const shape = channelsFirst(student.inputs[0]?.type?.shape, data.preprocess.layout)
  return withInputsOf(student, adaptPreprocess(graph, data.preprocess, own, shape && sizeIn(shape)))
}

/** A teacher whose inputs are those of the student, by name; a single input goes to a single one whatever its name. */
function withInputsOf(student: Graph, teacher: Graph): Graph {
  const [only, another] = student.inputs
  const [own, more] = teacher.inputs
  const isOne = only && own && !another && !more
  // Both ways, so that a value of the teacher that has the student's name by chance gives it up.
  const names = isOne ? [[own.name, only.name] as const, [only.name, own.name] as const] : []
  const named = isOne && own.name !== only.name ? renameValues(teacher, new Map(names)) : teacher
  for (const input of named.inputs) {
    const match = student.inputs.find(({ name }) => name === input.name)
    if (!match || !fits(input, match)) throw unmatched(input, match, student)
  }
  return named
}

/** The first axis is the batch, which is any size in training. */
function fits({ type: wanted }: ValueInfo, { type: given }: ValueInfo): boolean {
  if (!wanted || !given || wanted.dataType !== given.dataType) return false
  if (!wanted.shape || !given.shape) return true
  return (
    wanted.shape.length === given.shape.length &&
    wanted.shape.every((size, axis) => {
      const other = given.shape?.[axis]
      return axis === 0 || typeof size !== 'number' || typeof other !== 'number' || size === other
    })
  )
}

const unmatched = (input: ValueInfo, match: ValueInfo | undefined, student: Graph) =>
  new RecipeError({
    code: 'RECIPE_TEACHER',
    message: match
      ? `The teacher takes ${described(input)}, the student ${described(match)}.`
      : `The teacher has an input ${described(input)}, and the student has none of that name: its inputs are ${student.inputs.map(described).join(', ')}.`,
    hint: match
      ? 'Say how images become the input of the teacher, in teacher: { model: …, preprocess: … }, or take another teacher.'
      : 'Take a teacher with the inputs of the student.',
  })

const described = ({ name, type }: ValueInfo) =>
  `${name} ${type?.dataType ?? '?'} [${type?.shape?.map(size => size ?? '?').join(', ') ?? '?'}]`
