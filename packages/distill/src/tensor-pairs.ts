import { type Graph, inferTypes, isFloat, nearest, RecipeError } from '@pare/core-graph'

/**
 * Tensors of the student and of the teacher that are compared: one of each, or two layers of each for a flow. By name,
 * or by patterns in which `*` stands for the same in all of them.
 */
export interface TensorPair {
  readonly student: readonly string[]
  readonly teacher: readonly string[]
  readonly weight: number
}

/**
 * The tensors that patterns mean: those of student and teacher go together in which every `*` stands for the same
 * characters: `block*.out` and `layer*.relu` match block1.out and layer1.relu.
 * @throws RecipeError `RECIPE_PAIR` for a name or pattern that no float tensor has, and for patterns that do not go together
 */
export const matchedPairs = (
  student: Graph,
  teacher: Graph,
  patterns: readonly TensorPair[],
  note: (message: string) => void,
): readonly TensorPair[] => patterns.flatMap(pattern => matched(student, teacher, pattern, note))

function matched(student: Graph, teacher: Graph, pattern: TensorPair, note: (message: string) => void): TensorPair[] {
  const sides = [
    ...pattern.student.map(text => ({ text, found: captures(student, 'student', text) })),
    ...pattern.teacher.map(text => ({ text, found: captures(teacher, 'teacher', text) })),
  ]
  const [first, ...others] = sides
  if (!first) return []
  const stars = new Set(sides.map(({ text }) => starsIn(text)))
  if (stars.size > 1)
    throw pairError(
      `${sides.map(({ text }) => text).join(' and ')} do not have the same number of *.`,
      'Each * stands for the same characters in all patterns of a pair.',
    )
  const common = [...first.found.keys()].filter(key => others.every(({ found }) => found.has(key)))
  if (common.length === 0)
    throw pairError(
      `${sides.map(({ text }) => text).join(' and ')} match no tensors that go together: * stands for ${sides
        .map(({ found }) => [...found.keys()].slice(0, 3).join(', '))
        .join(' against ')}.`,
      'Each * stands for the same characters in all patterns of a pair; write pairs of other names one by one.',
    )
  const alone = [...new Set(sides.flatMap(({ found }) => [...found.keys()]))].filter(key => !common.includes(key))
  if (alone.length > 0)
    note(
      `${sides.map(({ text }) => text).join(' and ')}: ${alone.length} matches have no counterpart, such as ${alone[0]}.`,
    )
  return common.map(key => {
    const names = sides.map(({ found }) => found.get(key) ?? '')
    const { length } = pattern.student
    return { student: names.slice(0, length), teacher: names.slice(length), weight: pattern.weight }
  })
}

const starsIn = (text: string) => text.split('*').length - 1

/** Names of float tensors that a pattern matches, by what its stars stand for. */
function captures(graph: Graph, side: 'student' | 'teacher', pattern: string): ReadonlyMap<string, string> {
  const expression = new RegExp(`^${pattern.split('*').map(escaped).join('(.*)')}$`, 's')
  const found = new Map<string, string>()
  for (const name of floatTensors(graph)) {
    const [whole, ...stars] = expression.exec(name) ?? []
    if (whole !== undefined) found.set(stars.join(' '), name)
  }
  if (found.size > 0) return found
  throw missingTensor(graph, side, pattern)
}

const escaped = (text: string) => text.replace(/[\\^$.*+?()[\]{}|]/g, '\\$&')

/** What the graph computes in floats, by name. */
export function floatTensors(graph: Graph): readonly string[] {
  const { values } = inferTypes(graph)
  return graph.nodes.flatMap(({ outputs }) =>
    outputs.filter(name => {
      const value = values.get(name)
      return value !== undefined && value.constant === undefined && isFloat(value.dataType)
    }),
  )
}

/** The error of a tensor that is not there, or not any more. */
export function missingTensor(graph: Graph, side: 'student' | 'teacher', name: string): RecipeError {
  const near = nearest(name, floatTensors(graph)).slice(0, 3)
  return pairError(
    `The ${side} ${graph.name} has no float tensor ${name}.`,
    `The nearest are ${near.map(({ word }) => word).join(', ')}; \`pare inspect --pairs\` proposes pairs, \`pare inspect --json\` lists the tensors of each node. Folding BatchNormalization and quantization take the places of some tensors.`,
  )
}

export const pairError = (message: string, hint: string) => new RecipeError({ code: 'RECIPE_PAIR', message, hint })
