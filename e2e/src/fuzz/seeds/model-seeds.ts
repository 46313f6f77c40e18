import { createBuilder, type Graph, operators, saveModel } from '@pare/core-graph'
// Test material of core-graph, not of its public face: a graph of each operator.
import { operatorCases } from '../../../../packages/core-graph/src/testing/operator-cases.ts'
import { convolutional, floats, quantized, sequence, shapes } from './built-models.ts'
import { deep, functions, unusual } from './extended-models.ts'
import type { Seed } from './seed.ts'
import { controlFlow, opset7, opset11, types } from './written-models.ts'

const bytesOf = (model: Graph) => saveModel(model).model

/** All that the operator's own test builds, in one graph. */
function operatorGraph(op: keyof typeof operators, batch: number | string): Graph {
  const b = createBuilder(op)
  let inputs = 0
  const made = operatorCases[op]({
    b,
    batch,
    input: (sizes, dataType = 'float32') => b.input(`x${inputs++}`, dataType, [batch, ...sizes]),
    ones: (...dims) => b.initializer('ones', floats(dims, 1)),
  })
  for (const output of [made].flat()) if ('name' in output) b.output(output)
  return b.build()
}

const operatorNames = Object.keys(operators) as (keyof typeof operators)[]

/** Where the tensors of models with external data lie: long enough for all that the seeds refer to. */
export const externalBytes = new Uint8Array(65_536)

/** Small models of several operators, as exporters make them, in old forms and new. */
export const composedSeeds: readonly Seed[] = [
  { name: 'convolutional', bytes: bytesOf(convolutional()) },
  { name: 'shapes', bytes: bytesOf(shapes()) },
  { name: 'sequence', bytes: bytesOf(sequence()) },
  { name: 'quantized', bytes: bytesOf(quantized()) },
  { name: 'control-flow', bytes: bytesOf(controlFlow()) },
  { name: 'opset-7', bytes: bytesOf(opset7()) },
  { name: 'opset-11', bytes: bytesOf(opset11()) },
  { name: 'types', bytes: bytesOf(types()) },
  { name: 'unusual', bytes: unusual() },
  { name: 'functions', bytes: functions() },
  { name: 'deep', bytes: deep() },
  {
    name: 'external',
    bytes: saveModel(convolutional(), { external: { location: 'weights.bin', threshold: 16 } }).model,
  },
]

/** Small valid models: the composed ones, and one of each operator. */
export const modelSeeds: readonly Seed[] = [
  ...composedSeeds,
  ...operatorNames.map((op, index) => ({ name: op, bytes: bytesOf(operatorGraph(op, index % 2 === 0 ? 2 : 'N')) })),
]
