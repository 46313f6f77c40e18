import {
  createBuilder,
  createRandom,
  type Graph,
  type GraphBuilder,
  randomNormal,
  type TensorData,
  type Value,
} from '@pare/core-graph'
import { createExecutor } from '@pare/runtime'
import fc from 'fast-check'
import { describe, expect, it } from 'vitest'
import { ConvInputGradient } from '../composites/ConvInputGradient.ts'
import { ConvWeightGradient } from '../composites/ConvWeightGradient.ts'
import { addComposite } from '../composites/composite.ts'
import { expandComposites } from '../composites/expand-composites.ts'
import type { Convolution } from '../convolution/convolution.ts'
import { runOnce } from '../testing/differentiate-case.ts'
import type { ConvolutionForm } from './convolutions/convolution-form.ts'
import { type Direction, formsFor } from './formulations.ts'
import { lower } from './lower.ts'
import { loweringFacts } from './probe.ts'

const facts = await loweringFacts(createExecutor({ threads: 1 }))

/** A convolution that every form may be asked for: depthwise, pointwise, or of channels in whole blocks or not. */
const convolutions = fc
  .record({
    batch: fc.constantFrom(16, 32),
    kind: fc.constantFrom('depthwise', 'dense', 'whole blocks'),
    channels: fc.integer({ min: 1, max: 3 }),
    outputs: fc.integer({ min: 1, max: 3 }),
    image: fc.tuple(fc.integer({ min: 5, max: 8 }), fc.integer({ min: 5, max: 8 })),
    kernel: fc.tuple(fc.integer({ min: 1, max: 4 }), fc.integer({ min: 1, max: 4 })),
    strides: fc.tuple(fc.integer({ min: 1, max: 3 }), fc.integer({ min: 1, max: 3 })),
    dilations: fc.constantFrom([1, 1], [1, 1], [2, 1]),
    pads: fc.array(fc.integer({ min: 0, max: 2 }), { minLength: 4, maxLength: 4 }),
  })
  .map(({ kind, ...drawn }): Convolution => {
    const factor = kind === 'whole blocks' ? 16 : 1
    const channels = factor * drawn.channels
    const outputs = kind === 'depthwise' ? channels : factor * drawn.outputs
    const isSmall = drawn.kernel.every(size => size === 1)
    const pads = isSmall ? [0, 0, 0, 0] : drawn.pads
    const result = drawn.image.map((size, axis) => {
      const reach = ((drawn.kernel[axis] ?? 1) - 1) * (drawn.dilations[axis] ?? 1) + 1
      return Math.floor((size + (pads[axis] ?? 0) + (pads[axis + 2] ?? 0) - reach) / (drawn.strides[axis] ?? 1)) + 1
    })
    return { ...drawn, pads, channels, outputs, group: kind === 'depthwise' ? channels : 1, result }
  })
  .filter(({ result }) => result.every(size => size > 0))

function noise(dims: readonly number[], stream: number): TensorData {
  const random = createRandom(3, stream)
  const length = dims.reduce((product, size) => product * size, 1)
  return { dataType: 'float32', dims, data: Float32Array.from({ length }, () => randomNormal(random)) }
}

const directions: Readonly<Record<Direction, (b: GraphBuilder, values: Values, conv: Convolution) => Value>> = {
  forward: (b, { X, W }, { group, strides, dilations, pads }) => b.Conv(X, W, { group, strides, dilations, pads }),
  inputGradient: (b, { W, dY }, conv) => addComposite(b, ConvInputGradient, { W, dY }, conv).dX,
  weightGradient: (b, { X, dY }, conv) => addComposite(b, ConvWeightGradient, { X, dY }, conv).dW,
}

interface Values {
  readonly X: Value
  readonly W: Value
  readonly dY: Value
}

/** The largest difference between the plain convolution and the lowered one, as a share of its largest number. */
async function difference(to: Direction, conv: Convolution, form: ConvolutionForm): Promise<number> {
  const { batch, channels, outputs, group, image, result, kernel } = conv
  const shapes = {
    X: [batch, channels, ...image],
    W: [outputs, channels / group, ...kernel],
    dY: [batch, outputs, ...result],
  }
  const b = createBuilder('convolution')
  const input = (name: keyof typeof shapes) => b.input(name, 'float32', shapes[name])
  b.output(directions[to](b, { X: input('X'), W: input('W'), dY: input('dY') }, conv))
  const graph = b.build()
  const { graph: lowered, notes } = lower(graph, facts, { choose: () => form as never })
  expect(notes).toEqual([])
  const feeds = Object.fromEntries(Object.entries(shapes).map(([name, shape], stream) => [name, noise(shape, stream)]))
  const numbers = async (one: Graph) => Array.from(Object.values(await runOnce(one, feeds))[0]?.data ?? [], Number)
  const [want, have] = [await numbers(expandComposites(graph)), await numbers(lowered)]
  expect(have.length).toBe(want.length)
  const most = (values: readonly number[]) => values.reduce((largest, value) => Math.max(largest, Math.abs(value)), 0)
  const off = want.map((value, place) => value - (have[place] ?? Number.NaN))
  return off.some(Number.isNaN) ? Number.NaN : most(off) / most(want)
}

const all = (['forward', 'inputGradient', 'weightGradient'] as const).flatMap(to =>
  formsFor(to).map(form => ({ to, form, id: form.id })),
)

describe.skipIf(facts.block === undefined)('every form of a convolution', () => {
  it.each(all)('gives the numbers of the plain one: $id, $to', async ({ to, form }) => {
    const fitting = convolutions.filter(conv => form.fits(conv, facts.block ?? 1))
    await fc.assert(
      fc.asyncProperty(fitting, async conv => {
        expect(await difference(to, conv, form)).toBeLessThan(1e-5)
      }),
      { seed: 2, numRuns: 12 },
    )
  })
})
