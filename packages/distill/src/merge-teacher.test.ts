import {
  bodiesOf,
  createBuilder,
  type Graph,
  type GraphBody,
  type Node,
  simplify,
  type TensorData,
  tensorOf,
} from '@pare/core-graph'
import { createModel } from '@pare/models'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { hasTeacher, mergeTeacher, teacherPrefix } from './merge-teacher.ts'
import { numbersOf, randomTensor, runGraph } from './testing/run-graph.ts'
import { withPrefix } from './with-prefix.ts'

/** What both give alone, and merged. */
async function both(student: Graph, teacher: Graph, x: TensorData) {
  const merged = mergeTeacher(student, teacher)
  const [own, other] = [student, teacher].map(({ outputs }) => outputs[0]?.name ?? '')
  const feeds = (graph: Graph) => ({ [graph.inputs[0]?.name ?? '']: x })
  const together = await runGraph(merged, feeds(merged), [own ?? '', `${teacherPrefix}${other}`])
  return {
    merged,
    alone: [
      numbersOf((await runGraph(student, feeds(student)))[own ?? '']),
      numbersOf((await runGraph(teacher, feeds(teacher)))[other ?? '']),
    ],
    together: [numbersOf(together[own ?? '']), numbersOf(together[`${teacherPrefix}${other}`])],
  }
}

const resnet = (seed: number, width = 0.5) =>
  createModel('resnet', { depth: 8, width, input: [1, 8, 8], classes: 4, seed })

describe('student and teacher in one graph', () => {
  it('law: each gives what it gives alone, though all their names are the same', async () => {
    await fc.assert(
      fc.asyncProperty(fc.nat(1000), fc.constantFrom(0.25, 0.5), async (seed, width) => {
        const { alone, together } = await both(resnet(seed), resnet(seed + 1, width), randomTensor(seed, 2, 1, 8, 8))
        for (const [place, values] of together.entries())
          for (const [index, value] of values.entries()) expect(value).toBeCloseTo(alone[place]?.[index] ?? 0, 4)
        expect(together[0]).toEqual(alone[0])
        expect(together.map(({ length }) => length)).toEqual([8, 8])
      }),
      { numRuns: 5 },
    )
  })

  it("has the student's inputs and outputs only, and the teacher's BatchNormalization folded", () => {
    const student = resnet(1)
    const merged = mergeTeacher(student, resnet(2))
    expect(merged.inputs).toEqual(student.inputs)
    expect(merged.outputs).toEqual(student.outputs)
    expect(merged.nodes.slice(0, student.nodes.length)).toEqual(student.nodes)
    const added = merged.nodes.slice(student.nodes.length)
    expect(added.every(({ name, outputs }) => [name, ...outputs].every(text => text.startsWith(teacherPrefix)))).toBe(
      true,
    )
    expect(added.filter(({ op }) => op === 'BatchNormalization')).toEqual([])
    expect(hasTeacher(merged)).toBe(true)
    expect(hasTeacher(student)).toBe(false)
  })

  it('shares an input of another name where each has one only', async () => {
    const b = createBuilder('teacher')
    b.output(b.named(b.Relu(b.input('pixels', 'float32', ['batch', 1, 8, 8])), 'logits'))
    const { alone, together, merged } = await both(resnet(1), b.build(), randomTensor(3, 2, 1, 8, 8))
    expect(together).toEqual(alone)
    expect(merged.inputs.map(({ name }) => name)).toEqual(['input'])
  })

  it('renames within bodies, which read the shared input', async () => {
    const { alone, together } = await both(branching('own'), branching('other'), randomTensor(4, 3, 2))
    expect(together).toEqual(alone)
    expect(alone[0]).not.toEqual(alone[1])
  })

  it('renames what a body calls as an input is called around it', () => {
    const [choice] = withPrefix(branching('own', 'x'), teacherPrefix, new Map([['x', 'input']])).nodes.slice(-1)
    expect(choice && bodiesOf(choice).map(({ outputs }) => outputs[0]?.name)).toEqual(['teacher/x', 'teacher/x'])
    expect(choice && bodiesOf(choice)[1]?.nodes[0]?.inputs).toEqual(['teacher/around', 'teacher/around'])
  })

  it('takes any batch of a teacher that was exported for one', async () => {
    const b = createBuilder('teacher')
    const x = b.input('input', 'float32', [1, 1, 8, 8])
    b.output(b.named(b.Reshape(x, b.ints(1, 64)), 'rows'))
    const merged = mergeTeacher(resnet(1), b.build())
    const x3 = randomTensor(5, 3, 1, 8, 8)
    const { 'teacher/rows': rows } = await runGraph(merged, { input: x3 }, ['teacher/rows'])
    expect(rows?.dims).toEqual([3, 64])
    expect(numbersOf(rows)).toEqual([...x3.data])
  })

  it('brings the student to the newest operators, as the teacher is', () => {
    const old: Graph = { ...simplify(resnet(1)).graph, opsets: new Map([['', 13]]) }
    expect(mergeTeacher(old, resnet(2)).opsets).toEqual(new Map([['', 21]]))
  })
})

describe('what cannot be merged', () => {
  const teacherOf = (name: string, ...shape: number[]) => {
    const b = createBuilder('large')
    b.output(b.Relu(b.input(name, 'float32', ['N', ...shape])))
    return b.build()
  }

  it('a teacher of other samples', () => {
    expect(() => mergeTeacher(resnet(1), teacherOf('input', 3, 224, 224))).toThrow(
      'The teacher large takes float32 [N, 3, 224, 224] and the student resnet-8 float32 [N, 1, 8, 8].',
    )
  })

  it('a teacher with an input that the student lacks', () => {
    const b = createBuilder('pair')
    b.output(b.Add(b.input('left', 'float32', ['N', 4]), b.input('right', 'float32', ['N', 4])))
    expect(() => mergeTeacher(teacherOf('left', 4), b.build())).toThrow(
      'The teacher pair has an input right, and the student large none of that name.',
    )
  })

  it('a student whose names could be taken for its teacher’s', () => {
    expect(() => mergeTeacher(teacherOf('teacher/x', 4), teacherOf('x', 4))).toThrow(
      'teacher/x of the student large begins with teacher/',
    )
  })
})

/**
 * y = x + 1 in one model, y = 3x·3x in the other: If takes a branch by a constant; both branches call their value
 * `inner` and read what is around them.
 */
function branching(name: 'own' | 'other', inner = 'inner'): Graph {
  const b = createBuilder(name)
  const x = b.input('x', 'float32', ['N', 2])
  const one = b.initializer('one', tensorOf('float32', [], [1]))
  const condition = b.initializer('condition', tensorOf('bool', [], [name === 'own' ? 1 : 0]))
  b.output(b.named(b.Mul(x, b.scalar(3)), 'around'))
  const graph = b.build()
  const type = { dataType: 'float32' as const, shape: ['N', 2] }
  const branch = (op: string, inputs: readonly string[]): GraphBody => ({
    name: 'branch',
    inputs: [],
    outputs: [{ name: inner, type }],
    nodes: [{ name: op, op, domain: '', attributes: {}, inputs, outputs: [inner] }],
    initializers: new Map(),
    valueInfo: new Map(),
  })
  const choice: Node = {
    name: 'choice',
    op: 'If',
    domain: '',
    inputs: [condition.name],
    outputs: ['y'],
    attributes: {
      then_branch: { kind: 'graph', value: branch('Add', ['x', one.name]) },
      else_branch: { kind: 'graph', value: branch('Mul', ['around', 'around']) },
    },
  }
  return { ...graph, nodes: [...graph.nodes, choice], outputs: [{ name: 'y', type }] }
}
