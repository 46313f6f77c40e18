import {
  createBuilder,
  type Graph,
  simplify,
  type TrainingPart,
  tensorFloats,
  tensorNumbers,
  tensorOf,
} from '@pare/core-graph'
import { createModel } from '@pare/models'
import { train } from '@pare/train'
import { expect, test } from 'vitest'
import { executor, numbersOf, run } from '../testing/compare.ts'
import { noise } from '../testing/noise.ts'
import { stripes } from '../testing/stripes.ts'
import { prepareQat } from './prepare-qat.ts'
import { multipliedOut, withoutProducts, withProducts } from './products.ts'

const shape = [1, 12, 12] as const
const model = createModel('resnet', { depth: 8, width: 0.25, input: [...shape], classes: 4 })
const weight = model.nodes.find(({ op }) => op === 'Conv')?.inputs[1] ?? ''
const { dims = [] } = model.initializers.get(weight) ?? {}

/** The model whose first weights are read with every other one masked, as pruning does while it trains. */
function masked(): Graph {
  const b = createBuilder({ ...model, nodes: [] })
  const count = dims.reduce((product, size) => product * size, 1)
  const mask = b.initializer(
    'mask',
    tensorOf(
      'float32',
      dims,
      Array.from({ length: count }, (_, at) => at % 2),
    ),
  )
  const product = b.Mul(b.value(weight), mask)
  const { nodes, initializers } = b.build()
  const reading = model.nodes.map(node => ({
    ...node,
    inputs: node.inputs.map(name => (name === weight ? product.name : name)),
  }))
  return { ...model, nodes: [...nodes, ...reading], initializers }
}

const logits = async (graph: Graph) => numbersOf((await run(graph, { input: noise([2, ...shape], 7) })).logits)
const close = (values: readonly number[]) => values.map(value => expect.closeTo(value, 5))

test('products are set aside, put back, and multiplied out', async () => {
  const graph = masked()
  const { graph: bare, products } = withoutProducts(graph)
  expect(await logits(bare)).toEqual(close(await logits(model)))
  expect(await logits(graph)).not.toEqual(close(await logits(model)))
  for (const same of [withProducts(bare, products), multipliedOut(graph, products)])
    expect(await logits(same)).toEqual(close(await logits(graph)))
  expect(multipliedOut(bare, products)).toBe(bare)
})

test('weights that a mask makes zero stay zero through training, and are zero in int8', async () => {
  const source = stripes('input', shape, { classes: 4, size: 64, seed: 1 })
  const { graph, training } = await prepareQat(masked(), { executor, calibration: source })
  const mask: TrainingPart = { state: new Map([['mask', 'mask']]) }
  const result = await train(graph, {
    source,
    executor,
    evaluate: async () => ({ top1: 0 }),
    options: { epochs: 1, batchSize: 16 },
    parts: [mask, training],
    seed: 1,
  })
  const levels = result.graph.initializers.get(`${weight}/q`)
  const own = simplify(model).graph.initializers.get(weight)
  expect(levels?.dataType).toBe('int8')
  const numbers = Array.from(levels ? tensorNumbers(levels) : [], Number)
  expect(numbers.every((level, at) => at % 2 === 1 || level === 0)).toBe(true)
  expect(numbers.filter((level, at) => at % 2 === 1 && level === 0).length).toBeLessThan(numbers.length / 10)
  expect(own && tensorFloats(own).every(value => value !== 0)).toBe(true)
})
