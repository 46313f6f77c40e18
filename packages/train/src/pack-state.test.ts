import type { TensorData } from '@pare/core-graph'
import { createModel } from '@pare/models'
import { createExecutor } from '@pare/runtime'
import { describe, expect, it } from 'vitest'
import { expandComposites } from './composites/expand-composites.ts'
import { initialState, type State, stateOf, withBatchSize } from './model-state.ts'
import { openStep } from './open-step.ts'
import { packState } from './pack-state.ts'
import { stepFeeds } from './run-step.ts'
import { stepGraph } from './step-graph.ts'
import { patterns } from './testing/patterns.ts'
import { trainOptions } from './train-options.ts'

const executor = createExecutor({ threads: 1 })
// 64 · 128 weights of a 1×1 convolution are more than are packed.
const model = createModel('mobilenet-v1', { width: 0.125, input: [1, 8, 8], classes: 4, seed: 1 })
const options = trainOptions.parse({ optimizer: { kind: 'adamw' }, average: 0.9, accumulate: 2 })
const step = stepGraph(withBatchSize(model, 16), options)
const before = initialState(step)

const batches = async () => {
  const made = []
  for await (const batch of patterns(64, 1).batches({ batchSize: 16 })) made.push(batch)
  return made
}

describe('state that is packed', () => {
  it('is one tensor for all small ones, and large ones as they are', () => {
    const { state, graph } = packState(step, before)
    const sizes = [...state.values()].map(({ initial }) => initial.data.length)
    expect([...state.keys()].filter(name => before.has(name))).toSatisfy((names: string[]) =>
      names.every(name => (before.get(name)?.data.length ?? 0) > 4096),
    )
    expect(sizes.reduce((sum, size) => sum + size)).toBe(
      [...before.values()].reduce((sum, { data }) => sum + data.length, 0),
    )
    expect(state.size).toBeLessThan(before.size / 10)
    expect(graph.inputs.length).toBeLessThan(step.graph.inputs.length / 10)
  })

  it('is unpacked to what was packed, whichever tensors are asked for', () => {
    const packed = packState(step, before)
    const held = Object.fromEntries([...packed.state].map(([name, { initial }]) => [name, initial]))
    for (const names of [[...before.keys()], [...before.keys()].slice(3, 9), []]) {
      const tensors = packed.unpack(names, held)
      expect(Object.keys(tensors)).toEqual(names)
      for (const name of names) expect(tensors[name]).toEqual(before.get(name))
    }
  })

  it('gives the bytes of the step that is not packed, over updates and batches between them', async () => {
    await using opened = await openStep(step, { executor, lowering: false })
    let state: State = before
    await using update = await executor.open(expandComposites(step.graph))
    await using accumulate = await executor.open(expandComposites(step.accumulation ?? step.graph))
    for (const [place, batch] of (await batches()).entries()) {
      const learningRate = place % 2 === 1 ? 0.01 : undefined
      const outputs = await (learningRate === undefined ? accumulate : update).run({
        ...stepFeeds(step, batch, learningRate),
        ...Object.fromEntries(state),
      })
      state = new Map([...state].map(([name, tensor]) => [name, outputs[step.state.get(name)?.next ?? ''] ?? tensor]))
      await opened.run(batch, learningRate)
      expect(stateOf(await opened.readState())).toEqual(state)
    }
  })

  it('is written in part, and the rest stays', async () => {
    await using opened = await openStep(step, { executor })
    const [first = '', second = ''] = [...before.keys()]
    const { dims = [], data = [] } = before.get(second) ?? {}
    const tensor: TensorData = { dataType: 'float32', dims, data: new Float32Array(data.length).fill(7) }
    await opened.writeState({ [second]: tensor })
    expect(await opened.readState([first, second])).toEqual({ [first]: before.get(first), [second]: tensor })
  })

  it('is not written where a tensor does not fit: its neighbours stay', async () => {
    await using opened = await openStep(step, { executor })
    const [name = ''] = [...before.keys()]
    const { dims = [], data = [] } = before.get(name) ?? {}
    const wrong: readonly TensorData[] = [
      { dataType: 'float32', dims: [data.length + 4], data: new Float32Array(data.length + 4) },
      { dataType: 'float32', dims: [1], data: new Float32Array(1) },
      { dataType: 'int32', dims, data: new Int32Array(data.length) },
    ]
    for (const tensor of wrong)
      await expect(opened.writeState({ [name]: tensor })).rejects.toMatchObject({
        code: 'RUN_STATE',
        message: `The state ${name} is float32 [${dims}], not ${tensor.dataType} [${tensor.dims}].`,
      })
    expect(stateOf(await opened.readState())).toEqual(before)
  })
})
