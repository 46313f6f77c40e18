import {
  createBuilder,
  dataTypeCode,
  type Graph,
  isFloat,
  operators,
  type TensorData,
  type TensorMap,
  type Value,
} from '@pare/core-graph'
import { createExecutor } from '@pare/runtime'
import { gradients } from '../autodiff.ts'
import { gradients as rules } from '../gradients/registry.ts'
import { interpret } from './interpret.ts'
import { type Nd, sum } from './nd.ts'
import { type AnyCase, isRandom, operandsOf, randomNames, spaced } from './operands.ts'
import { attributesOf, type Forward, outputsOf, type Reference } from './reference.ts'

/** What was compared: outputs by their number, gradients by the name of the input. */
export interface Comparison {
  readonly name: string
  /** Of the emitted graph, run by onnxruntime in float32. */
  readonly actual: readonly number[]
  /** Of the emitted graph, interpreted in float64. */
  readonly interpreted: readonly number[]
  /** Of the reference, a gradient by central differences. */
  readonly expected: readonly number[]
}

const executor = createExecutor({ threads: 1 })

/** Runs a graph once in onnxruntime. */
export async function runOnce(graph: Graph, feeds: TensorMap): Promise<TensorMap> {
  await using session = await executor.open(graph)
  return await session.run(feeds)
}

/**
 * Differentiates L = Σ P·Y of one node, P random: the gradients that its rule emits, against the central differences
 * of the reference in float64. Of an operator without a rule only the outputs are compared.
 */
export async function compareWithReference(reference: Reference, given: AnyCase): Promise<readonly Comparison[]> {
  const { op, forward, differentiated = forward } = reference
  const inputs = operandsOf(given)
  const outputs = outputsOf(forward(inputs, attributesOf(given.attributes))).slice(0, given.outputCount ?? 1)
  const projections = projectionsOf(outputs, given)
  const names = differentiatedNames(op, given)
  const { graph, outputNames, gradientNames } = caseGraph(op, given, projections, names)
  const feeds: Record<string, Nd> = {
    ...Object.fromEntries(
      randomNames(given).map(name => [name, inputs[name] ?? { dims: [], data: new Float64Array() }]),
    ),
    ...Object.fromEntries([...projections].map(([place, value]) => [`projection${place}`, value])),
  }
  const ran = await runOnce(
    graph,
    Object.fromEntries(Object.entries(feeds).map(([name, value]) => [name, float32(value)])),
  )
  const interpreted = interpret(graph, feeds)
  const compare = (name: string, value: string, expected: readonly number[]): Comparison => ({
    name,
    actual: Array.from(ran[value]?.data ?? [], Number),
    interpreted: [...(interpreted.get(value)?.data ?? [])],
    expected,
  })
  const loss = lossFunction(differentiated, given, projections)
  return [
    ...outputNames.map((value, place) => compare(`output ${place}`, value, [...(outputs[place]?.data ?? [])])),
    ...names.map((name, place) =>
      compare(`d${name}`, gradientNames[place] ?? '', centralDifferences(inputs, name, loss)),
    ),
  ]
}

/** The inputs of a case whose gradients are compared. */
export const differentiatedNames = (op: string, given: AnyCase): readonly string[] =>
  op in rules ? (given.differentiate ?? randomNames(given)) : []

/** For each output that the loss is made of, by its place, what it is multiplied by. */
const projectionsOf = (outputs: readonly Nd[], { lossOf = [0] }: AnyCase): ReadonlyMap<number, Nd> =>
  new Map(lossOf.map(place => [place, spaced(outputs[place]?.dims ?? [], 96 + place)]))

/** The nodes of the graph of one input's gradient that nothing needs. */
export function deadNodes({ op, forward }: Reference, given: AnyCase, name: string): readonly string[] {
  const projections = projectionsOf(outputsOf(forward(operandsOf(given), attributesOf(given.attributes))), given)
  const { nodes, outputs } = caseGraph(op, given, projections, [name]).graph
  const read = new Set(outputs.map(output => output.name))
  return nodes.toReversed().flatMap(node => {
    if (!node.outputs.some(output => read.has(output))) return [node.name]
    for (const value of node.inputs) read.add(value)
    return []
  })
}

type Loss = (inputs: Readonly<Record<string, Nd>>) => number

function lossFunction(forward: Forward, given: AnyCase, projections: ReadonlyMap<number, Nd>): Loss {
  const attributes = attributesOf(given.attributes)
  return inputs => {
    const outputs = outputsOf(forward(inputs, attributes))
    return sum(
      [...projections].map(([place, { data }]) =>
        sum(data.map((factor, element) => factor * (outputs[place]?.data[element] ?? 0))),
      ),
    )
  }
}

const step = 1e-5

function centralDifferences(inputs: Readonly<Record<string, Nd>>, name: string, lossOf: Loss): number[] {
  const { dims, data } = inputs[name] ?? { dims: [], data: new Float64Array() }
  const moved = (place: number, distance: number) =>
    lossOf({ ...inputs, [name]: { dims, data: data.with(place, (data[place] ?? 0) + distance) } })
  return Array.from(data, (_, place) => (moved(place, step) - moved(place, -step)) / (2 * step))
}

/** The node, the loss and its gradients as one graph; the outputs are those of the node and the gradients. */
function caseGraph(
  op: string,
  given: AnyCase,
  projections: ReadonlyMap<number, Nd>,
  names: readonly string[],
): { graph: Graph; outputNames: readonly string[]; gradientNames: readonly string[] } {
  const b = createBuilder('case')
  const places = operators[op as keyof typeof operators].inputs.map(spec => spec.replace('?', ''))
  const operands = Object.entries(given.inputs).map(([name, operand]): [string, Value] => {
    if (isRandom(operand)) return [name, b.input(name, 'float32', operand)]
    if ('ints' in operand) return [name, b.ints(...operand.ints)]
    if ('scalar' in operand) return [name, b.scalar(operand.scalar)]
    return [name, b.constant(operand.dataType, operand.dims, operand.values)]
  })
  const byPlace = new Map(operands)
  const isList = places.some(name => name.endsWith('...'))
  const arguments_ = isList ? operands.map(([, value]) => value) : places.map(name => byPlace.get(name))
  const outputs = b.node(op, arguments_, given.attributes, { outputCount: given.outputCount ?? 1 })
  for (const output of outputs) b.output(output)
  const outputNames = outputs.map(({ name }) => name)
  if (names.length === 0) return { graph: b.build(), outputNames, gradientNames: [] }

  const parts = [...projections].map(([place, { dims }]) => {
    const output = outputs[place]
    if (!output) throw new Error(`${op} has no output ${place}.`)
    const value = isFloat(output.dataType) ? output : b.Cast(output, { to: dataTypeCode('float32') })
    return b.ReduceSum(b.Mul(value, b.input(`projection${place}`, 'float32', dims)), undefined, { keepdims: 0 })
  })
  const loss = parts.reduce((total, part) => b.Add(total, part))
  b.output(loss)
  const differentiated = gradients(b.build(), loss.name, names)
  const whole = createBuilder(differentiated.graph)
  const gradientNames = names.map(name => differentiated.gradients.get(name) ?? '')
  for (const name of new Set(gradientNames)) whole.output(whole.value(name))
  return { graph: whole.build(), outputNames, gradientNames }
}

const float32 = ({ dims, data }: Nd): TensorData => ({ dataType: 'float32', dims, data: Float32Array.from(data) })
