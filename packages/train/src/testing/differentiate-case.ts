import {
  createBuilder,
  createRandom,
  type Graph,
  operators,
  type TensorData,
  type TensorMap,
  type Value,
} from '@pare/core-graph'
import { createExecutor } from '@pare/runtime'
import { gradients } from '../autodiff.ts'
import { type Nd, sum } from './nd.ts'
import { attributesOf, type Operand, type Reference, type ReferenceCase } from './reference.ts'

/** What was compared, by the name of the input (and `forward`). */
export interface Comparison {
  readonly name: string
  readonly actual: readonly number[]
  readonly expected: readonly number[]
}

const executor = createExecutor({ threads: 1 })

/** Runs a graph once in onnxruntime. */
export async function runOnce(graph: Graph, feeds: TensorMap): Promise<TensorMap> {
  await using session = await executor.open(graph)
  return await session.run(feeds)
}

/**
 * Differentiates L = Σ P·Y of one node, P random: the gradients that its rule emits, run by onnxruntime in float32,
 * and the central differences of the reference in float64.
 */
export async function compareWithReference(reference: Reference, given: ReferenceCase): Promise<readonly Comparison[]> {
  const inputs = operandsOf(given)
  const attributes = attributesOf(given.attributes)
  const output = reference.forward(inputs, attributes)
  const projection = spaced(output.dims, 99)
  const lossOf = (changed: Readonly<Record<string, Nd>>) => {
    const { data } = reference.forward(changed, attributes)
    return sum(data.map((value, place) => value * (projection.data[place] ?? 0)))
  }
  const names = given.differentiate ?? Object.keys(given.inputs).filter(name => isRandom(given.inputs[name]))
  const ran = await runCase(reference, given, { inputs, projection, names })
  return [
    { name: 'forward', actual: ran.forward, expected: [...output.data] },
    ...names.map((name, place) => ({
      name,
      actual: ran.gradients[place] ?? [],
      expected: centralDifferences(inputs, name, lossOf),
    })),
  ]
}

const isRandom = (operand: Operand | undefined): operand is readonly number[] => Array.isArray(operand)

function operandsOf({ inputs, positive = [] }: ReferenceCase): Record<string, Nd> {
  return Object.fromEntries(
    Object.entries(inputs).map(([name, operand], place) => {
      if (isRandom(operand)) return [name, spaced(operand, place, positive.includes(name))]
      const values = 'ints' in operand ? operand.ints : [operand.scalar]
      return [name, { dims: 'ints' in operand ? [values.length] : [], data: Float64Array.from(values) }]
    }),
  )
}

/**
 * Random values that lie on both sides of 0, each at least 0.04 from 0, from every other and from the tenths: where
 * an operator has a kink, differences do not step over it. Exact in float32.
 */
function spaced(dims: readonly number[], stream: number, positive = false): Nd {
  const random = createRandom(7, stream)
  const count = dims.reduce((product, size) => product * size, 1)
  const order = [...Array(count).keys()].map(place => [random(), place] as const).sort(([a], [b]) => a - b)
  const values = order.map(([, place]) => (positive ? place + 10 : place - Math.floor(count / 2)) * 0.1 + 0.05)
  return { dims, data: Float64Array.from(values, Math.fround) }
}

const step = 1e-5

function centralDifferences(
  inputs: Readonly<Record<string, Nd>>,
  name: string,
  lossOf: (inputs: Readonly<Record<string, Nd>>) => number,
): number[] {
  const { dims, data } = inputs[name] ?? { dims: [], data: new Float64Array() }
  const moved = (place: number, distance: number) =>
    lossOf({ ...inputs, [name]: { dims, data: data.with(place, (data[place] ?? 0) + distance) } })
  return Array.from(data, (_, place) => (moved(place, step) - moved(place, -step)) / (2 * step))
}

async function runCase(
  { op }: Reference,
  given: ReferenceCase,
  run: { readonly inputs: Readonly<Record<string, Nd>>; readonly projection: Nd; readonly names: readonly string[] },
): Promise<{ forward: readonly number[]; gradients: readonly (readonly number[])[] }> {
  const b = createBuilder('case')
  const places = operators[op as keyof typeof operators].inputs.map(spec => spec.replace('?', ''))
  const operands = Object.entries(given.inputs).map(([name, operand]): [string, Value] => {
    if (isRandom(operand)) return [name, b.input(name, 'float32', operand)]
    return [name, 'ints' in operand ? b.ints(...operand.ints) : b.scalar(operand.scalar)]
  })
  const byPlace = new Map(operands)
  const isList = places.some(name => name.endsWith('...'))
  const arguments_ = isList ? operands.map(([, value]) => value) : places.map(name => byPlace.get(name))
  const [y] = b.node(op, arguments_, given.attributes, { outputCount: given.outputCount ?? 1 })
  if (!y) throw new Error(`${op} has no output.`)
  const projection = b.input('projection', 'float32', run.projection.dims)
  const loss = b.ReduceSum(b.Mul(y, projection), undefined, { keepdims: 0 })
  b.output(y)
  const differentiated = gradients(b.build(), loss.name, run.names)
  const whole = createBuilder(differentiated.graph)
  const gradientNames = run.names.map(name => differentiated.gradients.get(name) ?? '')
  for (const name of new Set(gradientNames)) whole.output(whole.value(name))
  const outputs = await runOnce(whole.build(), {
    ...Object.fromEntries(
      Object.entries(run.inputs)
        .filter(([name]) => isRandom(given.inputs[name]))
        .map(([name, value]) => [name, float32(value)]),
    ),
    projection: float32(run.projection),
  })
  const numbers = (name: string) => Array.from(outputs[name]?.data ?? [], Number)
  return { forward: numbers(y.name), gradients: gradientNames.map(numbers) }
}

const float32 = ({ dims, data }: Nd): TensorData => ({ dataType: 'float32', dims, data: Float32Array.from(data) })
