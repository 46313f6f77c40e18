import {
  type Batch,
  createBuilder,
  dataTypeCode,
  type Executor,
  type Graph,
  passes,
  type TensorData,
  tensorElements,
} from '@pare/core-graph'
import { expandComposites } from './composites/expand-composites.ts'
import { isFiniteTensor, type State } from './model-state.ts'
import { stepFeeds } from './run-step.ts'
import type { StepGraph } from './step-graph.ts'

/** Names the first tensor of a state that is not finite; undefined when all are. */
export function firstInState(state: State): string | undefined {
  for (const [name, tensor] of state) if (!isFiniteTensor(tensor)) return `the weight ${name}`
  return undefined
}

/**
 * Names the first tensor on the way to a step's loss that is not finite: of the state before the step, the model's
 * constants, the batch, and then of the values in the order of the graph. Infinite values are taken as they are where
 * constants of the model are infinite, as masks of attention are. Undefined when all are finite.
 */
export async function firstNotFinite(
  step: StepGraph,
  { executor, state, batch }: { readonly executor: Executor; readonly state: State; readonly batch: Batch },
): Promise<string | undefined> {
  const constants = [...step.graph.initializers].map(([name, tensor]) => {
    const { dataType, dims } = tensor
    return [name, { dataType, dims, data: tensorElements(tensor) }] as const
  })
  const infinite = constants.some(([, tensor]) => !isFiniteTensor(tensor) && !hasNaN(tensor))
  const spoilt = constants.find(([, tensor]) => hasNaN(tensor))
  const feeds = stepFeeds(step, batch, 0)
  const input = Object.entries(feeds).find(([, tensor]) => !isFiniteTensor(tensor))
  const given = firstInState(state) ?? (spoilt && `the constant ${spoilt[0]}`) ?? (input && `the input ${input[0]}`)
  if (given !== undefined) return given

  const { graph, flags } = withFlags(forwardOf(step), infinite)
  await using session = await executor.open(graph, { optimize: false })
  const fetched = await session.run(
    Object.fromEntries(
      session.inputNames.flatMap(name => {
        const tensor = state.get(name) ?? feeds[name]
        return tensor ? [[name, tensor]] : []
      }),
    ),
  )
  const value = [...flags].find(([, flag]) => fetched[flag]?.data[0] !== 0)?.[0]
  const node = graph.nodes.find(({ outputs }) => value !== undefined && outputs.includes(value))
  return node && `${value}, which node ${node.name} (${node.op}) makes`
}

const hasNaN = ({ data }: TensorData): boolean => {
  for (const value of data) if (Number.isNaN(value)) return true
  return false
}

/** What the loss is made of. */
function forwardOf({ graph, outputs }: StepGraph): Graph {
  const expanded = expandComposites(graph)
  const loss = expanded.outputs.filter(({ name }) => name === outputs.loss)
  const forward = passes['remove-dead-code'].run({ ...expanded, outputs: loss }).graph
  const read = new Set(forward.nodes.flatMap(({ inputs }) => inputs))
  return { ...forward, inputs: forward.inputs.filter(({ name }) => read.has(name)) }
}

/** A graph that only says of each of its values, 1 or 0, whether a number in it is not finite; an output a value. */
function withFlags(forward: Graph, infinite: boolean) {
  const b = createBuilder({ ...forward, outputs: [] })
  const flags = new Map<string, string>()
  for (const name of forward.nodes.flatMap(({ outputs }) => outputs)) {
    if (!name) continue
    const value = b.value(name)
    if (value.dataType !== 'float32') continue
    // ∞ − ∞ is no number either.
    const lost = b.IsNaN(infinite ? value : b.Sub(value, value))
    const flag = b.ReduceMax(b.Cast(lost, { to: dataTypeCode('float32') }), undefined, { keepdims: 0 })
    b.output(flag)
    flags.set(name, flag.name)
  }
  return { graph: b.build(), flags }
}
