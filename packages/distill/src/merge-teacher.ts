import {
  fixedBatchSize,
  type Graph,
  inferTypes,
  isKnown,
  ModelError,
  simplify,
  upgradeOpset,
  type ValueInfo,
} from '@pare/core-graph'
import { withAnyBatch } from '@pare/train'
import { withPrefix } from './with-prefix.ts'

/** What the names of a teacher's values and nodes begin with in the graph that it was merged into. */
export const teacherPrefix = 'teacher/'

/** Patterns of all that is the teacher's. */
export const teacherPattern = `${teacherPrefix}*`

const simplified = new WeakMap<Graph, Graph>()

/** A teacher as it is merged: BatchNormalization folded, since it does not learn. Made once for a graph. */
export function frozenTeacher(teacher: Graph): Graph {
  const known = simplified.get(teacher)
  if (known) return known
  const { graph } = simplify(teacher)
  simplified.set(teacher, graph)
  return graph
}

/** Whether a teacher was merged into a graph. */
export const hasTeacher = (graph: Graph): boolean => graph.nodes.some(({ name }) => name.startsWith(teacherPrefix))

/**
 * Student and teacher in one graph: inputs shared by name, or the only one of each; every name of the teacher after
 * `teacher/`; the student's outputs the only ones. Both compute what they compute alone.
 *
 *     y = f(x)   with teacher   v = g(u)   →   y = f(x); teacher/v = g(x)
 *
 * @param teacher in inference form; it is simplified first
 * @throws ModelError `MODEL_TEACHER` when the teacher does not take the student's inputs, or the student has names that
 *   begin with `teacher/`
 */
export function mergeTeacher(student: Graph, teacher: Graph): Graph {
  const upgraded = upgradeOpset(student)
  checkNames(upgraded)
  const taught = forBatchesOf(upgraded, frozenTeacher(teacher))
  const shared = new Map(taught.inputs.map(input => [input.name, sharedInput(upgraded, taught, input)]))
  const { nodes, initializers, valueInfo } = withPrefix(taught, teacherPrefix, shared)
  const inputs = new Set(shared.values())
  return {
    ...upgraded,
    nodes: [...upgraded.nodes, ...nodes],
    initializers: new Map([...upgraded.initializers, ...initializers]),
    valueInfo: new Map([...upgraded.valueInfo, ...[...valueInfo].filter(([name]) => !inputs.has(name))]),
    opsets: joinedOpsets(upgraded, taught),
  }
}

/** @throws ModelError `MODEL_TEACHER` when a name of the student could be taken for the teacher's */
export function checkNames({ name: model, nodes, initializers, inputs }: Graph): void {
  const names = [
    ...inputs.map(({ name }) => name),
    ...initializers.keys(),
    ...nodes.flatMap(({ name, outputs }) => [name, ...outputs]),
  ]
  const taken = names.find(name => name.startsWith(teacherPrefix))
  if (taken === undefined) return
  throw new ModelError({
    code: 'MODEL_TEACHER',
    message: `${taken} of the student ${model} begins with ${teacherPrefix}, as the names of its teacher are to.`,
    hint: 'Rename it in the student.',
  })
}

/** A teacher that was exported for another batch size than the student takes is made to take any. */
function forBatchesOf(student: Graph, teacher: Graph): Graph {
  const size = fixedBatchSize(teacher)
  return size === undefined || size === fixedBatchSize(student) ? teacher : withAnyBatch(teacher, size)
}

/** The student's input that the teacher's reads. */
function sharedInput(student: Graph, teacher: Graph, input: ValueInfo): string {
  const [only, ...others] = student.inputs
  const isOnly = others.length === 0 && teacher.inputs.length === 1
  const found = student.inputs.find(({ name }) => name === input.name) ?? (isOnly ? only : undefined)
  if (!found)
    throw teacherError(
      `The teacher ${teacher.name} has an input ${input.name}, and the student ${student.name} none of that name.`,
      `Name the inputs of both alike; the student's are ${student.inputs.map(({ name }) => name).join(', ')}.`,
    )
  if (fits(found, input)) return found.name
  throw teacherError(
    `The teacher ${teacher.name} takes ${typeText(input)} and the student ${student.name} ${typeText(found)}.`,
    'A teacher reads what the student is given: take one that was trained for samples of the same size and type.',
  )
}

/** The first axis is the batch's. */
function fits({ type: given }: ValueInfo, { type: wanted }: ValueInfo): boolean {
  if (!given || !wanted) return true
  if (given.dataType !== wanted.dataType) return false
  const [, ...sizes] = given.shape ?? []
  const [, ...expected] = wanted.shape ?? []
  if (!given.shape || !wanted.shape) return true
  const clash = (size: unknown, other: unknown) =>
    typeof size === 'number' && typeof other === 'number' && size !== other
  return sizes.length === expected.length && !sizes.some((size, axis) => clash(size, expected[axis]))
}

const typeText = ({ type }: ValueInfo) =>
  type ? `${type.dataType} [${type.shape?.map(dimension => dimension ?? '?').join(', ') ?? '?'}]` : 'no tensor'

/** Operator set 21 to 25 of ONNX's own mean the same; another domain has one version. */
function joinedOpsets(student: Graph, teacher: Graph): ReadonlyMap<string, number> {
  const opsets = new Map(student.opsets)
  for (const [domain, version] of teacher.opsets) {
    const own = opsets.get(domain)
    if (own !== undefined && own !== version && domain !== '')
      throw teacherError(
        `The student ${student.name} uses version ${own} of the operators of ${domain}, the teacher ${teacher.name} version ${version}.`,
        'Export both with the same version.',
      )
    opsets.set(domain, Math.max(own ?? version, version))
  }
  return opsets
}

export const teacherError = (message: string, hint: string) => new ModelError({ code: 'MODEL_TEACHER', message, hint })

/** The sizes of a value beyond its first axis, the batch's; undefined where they are not all known. */
export function sampleShape(graph: Graph, name: string): readonly number[] | undefined {
  const shape = inferTypes(graph).values.get(name)?.shape?.slice(1)
  return isKnown(shape) ? shape : undefined
}
