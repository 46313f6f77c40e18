import { type Batch, createBuilder, type Graph, type TensorMap, upgradeOpset } from '@pare/core-graph'
import { hasTeacher, mergeTeacher, teacherPattern, teacherPrefix } from './merge-teacher.ts'
import { rowsOf, type TeacherOutputs } from './teacher-outputs.ts'

/** Where a training has the teacher's tensors from. */
export interface TeacherSource {
  /** The graph with the teacher's tensors, unless another strategy added them. */
  readonly addTo: (graph: Graph) => Graph
  /** What a tensor of the teacher is called there. */
  readonly nameOf: (tensor: string) => string
  /** Patterns of its weights. */
  readonly frozen: readonly string[]
  readonly feeds?: (batch: Batch) => TensorMap
}

/** The teacher itself, which runs in each step. */
export const mergedTeacher = (teacher: Graph): TeacherSource => ({
  addTo: graph => (hasTeacher(graph) ? upgradeOpset(graph) : mergeTeacher(graph, teacher)),
  nameOf: tensor => `${teacherPrefix}${tensor}`,
  frozen: [teacherPattern],
})

/** What the teacher made of all samples, an input for each tensor. @param id of the strategy, for errors */
export function keptTeacher(id: string, outputs: TeacherOutputs): TeacherSource {
  const nameOf = (tensor: string) => `teacher-outputs/${tensor}`
  return {
    addTo: graph => {
      const b = createBuilder(upgradeOpset(graph))
      const [batch = null] = graph.inputs[0]?.type?.shape ?? []
      const there = new Set(graph.inputs.map(({ name }) => name))
      for (const [tensor, { dataType, dims }] of outputs)
        if (!there.has(nameOf(tensor))) b.input(nameOf(tensor), dataType, [batch, ...dims.slice(1)])
      return b.build()
    },
    nameOf,
    frozen: [],
    feeds: ({ places }) =>
      Object.fromEntries(Array.from(outputs, ([tensor, rows]) => [nameOf(tensor), rowsOf(rows, places, id)])),
  }
}
