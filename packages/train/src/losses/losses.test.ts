import { createBuilder, createRandom, randomNormal } from '@pare/core-graph'
import fc from 'fast-check'
import { describe, expect, it, test } from 'vitest'
import { gradients } from '../autodiff.ts'
import { expressions } from '../expression.ts'
import type { AnyLoss } from '../loss.ts'
import { runOnce } from '../testing/differentiate-case.ts'
import { at, indicesOf, type Nd, sum } from '../testing/nd.ts'
import { losses } from './registry.ts'

type Tensors = Readonly<Record<string, Nd>>

interface LossCase {
  /** Shapes of the loss's tensors. */
  readonly shapes: Readonly<Record<string, readonly number[]>>
  readonly options?: Readonly<Record<string, unknown>>
  /** The loss in float64, written down as its definition reads. */
  readonly value: (tensors: Tensors) => number
}

const mean = (values: readonly number[]) => sum(values) / values.length
const tensor = (tensors: Tensors, name: string) => tensors[name] ?? { dims: [], data: new Float64Array() }
const rows = ({ dims, data }: Nd): number[][] => {
  const length = data.length / (dims[0] ?? 1)
  return Array.from({ length: dims[0] ?? 1 }, (_, row) => [...data.slice(row * length, (row + 1) * length)])
}
const softmax = (values: readonly number[]) => {
  const powers = values.map(Math.exp)
  return powers.map(power => power / sum(powers))
}
/** −Σ p·log q */
const entropy = (p: readonly number[], q: readonly number[]) => -sum(p.map((share, k) => share * Math.log(q[k] ?? 0)))
const differences = (tensors: Tensors) =>
  [...tensor(tensors, 'output').data].map((value, place) => value - (tensor(tensors, 'target').data[place] ?? 0))
const pairs = (a: Nd, b: Nd) => rows(a).map((row, index) => [row, rows(b)[index] ?? []] as const)
const dot = (a: readonly number[], b: readonly number[]) => sum(a.map((value, k) => value * (b[k] ?? 0)))

/** −1/N Σ softmax(teacher/Tₜ)·log softmax(student/T), times a factor. */
const softened = (student: number, teacher: number, factor: number) => (tensors: Tensors) =>
  factor *
  mean(
    pairs(tensor(tensors, 'student'), tensor(tensors, 'teacher')).map(([s, t]) =>
      entropy(softmax(t.map(value => value / teacher)), softmax(s.map(value => value / student))),
    ),
  )

const classes = { student: [3, 4], teacher: [3, 4] }
const any = { output: [2, 3, 2], target: [2, 3, 2] }

/** Every loss, by its definition. */
const cases: { readonly [Id in keyof typeof losses]: readonly LossCase[] } = {
  'cross-entropy': [
    {
      shapes: { logits: [3, 4], targets: [3, 4] },
      value: tensors =>
        mean(pairs(tensor(tensors, 'logits'), tensor(tensors, 'targets')).map(([x, t]) => entropy(t, softmax(x)))),
    },
  ],
  'soft-cross-entropy': [
    { shapes: classes, value: softened(4, 4, 16) },
    { shapes: classes, options: { temperature: 2, scaled: false }, value: softened(2, 2, 1) },
    { shapes: classes, options: { temperature: 2, teacherTemperature: 3 }, value: softened(2, 3, 4) },
  ],
  'mean-squared-error': [{ shapes: any, value: tensors => mean(differences(tensors).map(value => value ** 2)) }],
  l1: [{ shapes: any, value: tensors => mean(differences(tensors).map(Math.abs)) }],
  huber: [1, 0.5].map(delta => ({
    shapes: any,
    options: { delta },
    value: tensors =>
      mean(
        differences(tensors).map(value =>
          Math.abs(value) <= delta ? value ** 2 / 2 : delta * (Math.abs(value) - delta / 2),
        ),
      ),
  })),
  cosine: [
    {
      shapes: any,
      value: tensors =>
        1 -
        mean(
          pairs(tensor(tensors, 'output'), tensor(tensors, 'target')).map(
            ([o, t]) => dot(o, t) / Math.sqrt(dot(o, o) * dot(t, t)),
          ),
        ),
    },
  ],
  fsp: [
    {
      // The teacher's maps are of another size: only channels must agree.
      shapes: {
        studentFrom: [2, 3, 2, 2],
        studentTo: [2, 2, 2, 2],
        teacherFrom: [2, 3, 3, 1],
        teacherTo: [2, 2, 3, 1],
      },
      value: tensors => {
        const flow = (from: Nd, to: Nd, [n = 0, m = 0, k = 0]: readonly number[]) => {
          const [, , height = 0, width = 0] = from.dims
          const pixels = [...indicesOf([height, width])]
          return sum(pixels.map(pixel => at(from, [n, m, ...pixel]) * at(to, [n, k, ...pixel]))) / pixels.length
        }
        const difference = (index: readonly number[]) =>
          flow(tensor(tensors, 'studentFrom'), tensor(tensors, 'studentTo'), index) -
          flow(tensor(tensors, 'teacherFrom'), tensor(tensors, 'teacherTo'), index)
        return mean([...indicesOf([2, 3, 2])].map(index => difference(index) ** 2))
      },
    },
  ],
}

/** The loss and its gradients by all of its tensors, as onnxruntime computes them. */
async function computed(loss: AnyLoss, options: LossCase['options'], tensors: Tensors) {
  const b = createBuilder('loss')
  const values = Object.entries(tensors).map(([name, { dims }]) => [name, b.input(name, 'float32', dims)] as const)
  const named = Object.fromEntries(Object.keys(tensors).map(name => [name, name]))
  const parsed = loss.term.parse({ loss: loss.id, ...named, ...options })
  const value = loss.build(expressions(b), Object.fromEntries(values) as never, parsed as never)
  b.output(value)
  const differentiated = gradients(b.build(), value.name, Object.keys(tensors))
  const whole = createBuilder(differentiated.graph)
  for (const name of differentiated.gradients.values()) whole.output(whole.value(name))
  const feeds = Object.entries(tensors).map(([name, { dims, data }]) => {
    return [name, { dataType: 'float32' as const, dims, data: Float32Array.from(data) }] as const
  })
  const outputs = await runOnce(whole.build(), Object.fromEntries(feeds))
  const numbers = (name = '') => Array.from(outputs[name]?.data ?? [], Number)
  return {
    value: numbers(value.name)[0] ?? Number.NaN,
    gradient: (name: string) => numbers(differentiated.gradients.get(name)),
  }
}

/** Random numbers that float32 has too. */
function randomTensors(shapes: LossCase['shapes']): Tensors {
  const random = createRandom(3)
  return Object.fromEntries(
    Object.entries(shapes).map(([name, dims]) => {
      const length = dims.reduce((product, size) => product * size, 1)
      return [name, { dims, data: Float64Array.from({ length }, () => Math.fround(randomNormal(random))) }]
    }),
  )
}

describe.each(Object.entries(losses))('%s', (id, given) => {
  const loss = given as unknown as AnyLoss
  const own = cases[id as keyof typeof cases]

  test('is registered under its own id, and has a definition to be compared with', () => {
    expect(loss.id).toBe(id)
    expect(own.length).toBeGreaterThan(0)
    for (const { shapes } of own) expect(Object.keys(shapes)).toEqual(Object.keys(loss.inputs))
  })

  test.each(own.map(({ options, ...rest }) => ({ options, ...rest })))(
    'is its definition in float64, and its gradients the central differences of that: $options',
    async ({ shapes, options, value }) => {
      const tensors = randomTensors(shapes)
      const actual = await computed(loss, options, tensors)
      expect(actual.value).toBeCloseTo(value(tensors), 5)
      for (const [name, { dims, data }] of Object.entries(tensors)) {
        const moved = (place: number, distance: number) =>
          value({ ...tensors, [name]: { dims, data: data.with(place, (data[place] ?? 0) + distance) } })
        for (const [place, slope] of actual.gradient(name).entries())
          expect(slope, `${name}[${place}]`).toBeCloseTo((moved(place, 1e-5) - moved(place, -1e-5)) / 2e-5, 5)
      }
    },
  )
})

describe('losses in numbers', () => {
  const of = async (
    id: keyof typeof losses,
    given: Readonly<Record<string, readonly number[]>>,
    dims: readonly number[],
  ) => {
    const tensors = Object.entries(given).map(
      ([name, data]) => [name, { dims, data: Float64Array.from(data) }] as const,
    )
    return computed(losses[id] as unknown as AnyLoss, {}, Object.fromEntries(tensors))
  }

  it('cross-entropy of large logits is a number: log-softmax takes the greatest off first', async () => {
    const { value, gradient } = await of('cross-entropy', { logits: [1000, 0, -1000], targets: [0, 1, 0] }, [1, 3])
    expect(value).toBe(1000)
    expect(gradient('logits')).toEqual([1, -1, 0])
  })

  it('cosine of a sample that is all zeros has a finite gradient', async () => {
    const { value, gradient } = await of('cosine', { output: [0, 0], target: [3, 4] }, [1, 2])
    expect(value).toBe(1)
    expect(gradient('output').every(Number.isFinite)).toBe(true)
  })

  it('fsp takes two layers of one size', () => {
    const b = createBuilder('layers')
    const [large, small] = [b.input('large', 'float32', [1, 2, 4, 4]), b.input('small', 'float32', [1, 2, 2, 8])]
    const layers = { studentFrom: large, studentTo: small, teacherFrom: large, teacherTo: large }
    expect(() => losses.fsp.build(expressions(b), layers, {})).toThrow(
      'The loss fsp takes two layers of one size, but large has 4×4 pixels and small 2×8.',
    )
  })

  it('law: cosine does not depend on lengths', async () => {
    await fc.assert(
      fc.asyncProperty(fc.double({ min: 0.1, max: 10, noNaN: true }), async factor => {
        const output = [1, 2, -1].map(value => value * factor)
        const { value } = await of('cosine', { output, target: [2, 0, 1] }, [1, 3])
        expect(value).toBeCloseTo(1 - 1 / Math.sqrt(30), 5)
      }),
      { numRuns: 10 },
    )
  })
})
