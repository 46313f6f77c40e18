import { elementCount, type Graph, loadModel, saveModel, tensorOf } from '@pare/core-graph'
import { createModel } from '@pare/models'
import { createExecutor } from '@pare/runtime'
import { describe, expect, it } from 'vitest'
import { lower } from './lowering/lower.ts'
import { loweringFacts } from './lowering/probe.ts'
import { prepared } from './model-state.ts'
import { type Faults, gradientProof } from './testing/gradient-proof.ts'
import { distanceTo, readRecord, uniform } from './testing/gradient-record.ts'
import { withConstants, without } from './testing/planted-faults.ts'
import { trainableParameters } from './trained-parameters.ts'

const record = readRecord(new URL('testing/fixtures/mobilenet-v1.json', import.meta.url))
const { batch: size, labelSmoothing } = record
const image = [3, 16, 16] as const

/** MobileNetV1 with the weights that the record was made with, as its file has it. */
function mobilenetV1(): Graph {
  const model = createModel('mobilenet-v1', { width: 0.25, input: [...image], classes: 10 })
  const initializers = new Map(model.initializers)
  for (const [place, name] of [...trainableParameters(model)].sort().entries()) {
    const { dims = [] } = model.initializers.get(name) ?? {}
    const values = uniform(place + 1, elementCount(dims)).map(value => 2 * value - 1)
    const weight = Math.sqrt(6 / elementCount(dims.slice(1)))
    const data = values.map(value =>
      dims.length > 1 ? value * weight : name.endsWith('/scale') ? 1 + value / 2 : value / 4,
    )
    initializers.set(name, tensorOf('float32', dims, Float32Array.from(data)))
  }
  return prepared(loadModel(saveModel({ ...model, initializers }).model))
}

const proof = gradientProof(mobilenetV1(), { size, image, labelSmoothing })

/** What rounding makes of a deep network in float32, the same branches taken, and how often and where others are. */
const float32 = { worst: 3e-4, median: 3e-5, flips: 1e-5, distance: 1e-3 }

describe('the gradients of MobileNetV1', () => {
  it('are those of PyTorch in float64', () => {
    expect(proof.trained.toSorted()).toEqual(Object.keys(record.parameters))
    expect(distanceTo(record, proof.inFloat64())).toBeLessThan(1e-11)
  })

  it('are those of float64 in float32, where the same branches are taken, and nearly all are', async () => {
    const { worst, median, units, flips, farthest } = await proof.inFloat32()
    expect(worst).toBeLessThan(float32.worst)
    expect(median).toBeLessThan(float32.median)
    expect(units).toBeGreaterThan(100_000)
    expect(flips / units).toBeLessThan(float32.flips)
    expect(farthest).toBeLessThan(float32.distance)
  })

  it('are the same of the lowered step', async () => {
    const facts = await loweringFacts(createExecutor({ threads: 1 }))
    const { worst, median, units, flips } = await proof.inFloat32(step => lower(step, facts).graph)
    expect(worst).toBeLessThan(float32.worst)
    expect(median).toBeLessThan(float32.median)
    expect(flips / units).toBeLessThan(float32.flips)
  })
})

const scope = 'BatchNormalizationGradient'
const faults: Readonly<Record<string, Faults>> = {
  'M − 1 for M': {
    graph: graph => withConstants(graph, scope, (value, { op }) => (op === 'Div' ? value - 1 : value)),
  },
  'another epsilon': {
    graph: graph => withConstants(graph, scope, (value, { op }) => (op === 'Add' ? 2 * value : value)),
  },
  'no share of dscale in dX': { graph: graph => without(graph, scope, ({ name }) => name.endsWith('/Sub_2')) },
  'no share of dB in dX': { graph: graph => without(graph, scope, ({ name }) => name.endsWith('/Sub')) },
  'no smoothing of labels': { labelSmoothing: 0 },
}

describe('a fault that is planted is found', () => {
  it('in float64', () => {
    expect(distanceTo(record, proof.inFloat64(faults['M − 1 for M']))).toBeGreaterThan(1e-4)
  })

  it.each(Object.entries(faults))('in float32, in spite of rounding: %s', async (_, fault) => {
    const { worst, median } = await proof.inFloat32(undefined, fault)
    expect(worst > float32.worst || median > float32.median).toBe(true)
  })
})
