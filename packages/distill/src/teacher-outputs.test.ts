import { createBuilder, type DataSource, needsOf, type TensorData } from '@pare/core-graph'
import { describe, expect, it, vi } from 'vitest'
import { l2 } from './strategies/l2.ts'
import { softLabel } from './strategies/soft-label.ts'
import { images, lesson, network, taught } from './testing/lesson.ts'
import { numbersOf } from './testing/run-graph.ts'

const student = network(1)
const teacher = network(2, 1)

describe("a teacher's tensors that are kept", () => {
  const options = { cache: true }
  const prepare = (context: object) =>
    softLabel.prepare(student, softLabel.options.parse(options), { ...lesson(teacher).context, ...context })

  it('teach the same as the teacher itself, which is not in the graph', async () => {
    const source = images(12, 4)
    const kept = await prepare({ train: source })
    expect(kept.training?.extend?.(student).nodes).toEqual(student.nodes)
    const run = async (part: typeof kept) => taught(student, [part], source, { epochs: 2, batchSize: 4 })
    const merged = await softLabel.prepare(student, softLabel.options.parse({}), lesson(teacher).context)
    const [first, second] = [await run(kept), await run(merged)]
    for (const [index, { loss }] of first.epochs.entries()) expect(loss).toBeCloseTo(second.epochs[index]?.loss ?? 0, 4)
    expect(first.graph.inputs).toEqual(student.inputs)
    expect(first.graph.nodes).toEqual(student.nodes)
  })

  it('are read where an earlier run wrote them', async () => {
    const files = new Map<string, TensorData>()
    const tensors = {
      read: async (name: string) => files.get(name),
      write: async (name: string, tensor: TensorData) => {
        files.set(name, tensor)
      },
    }
    const source = images(12, 4)
    await prepare({ train: source, tensors })
    expect([...files]).toMatchObject([['teacher logits', { dims: [12, 4] }]])
    const unread = {
      ...source,
      batches: () => {
        throw new Error('The data was read again.')
      },
    }
    await expect(prepare({ train: unread, tensors })).resolves.toBeDefined()
    await expect(prepare({ train: unread })).rejects.toThrow('The data was read again.')
  })

  it('need samples that are the same each time, their number known', async () => {
    await expect(prepare({ train: images(8, 1, { augments: true }) })).rejects.toMatchObject({
      code: 'DATA_CACHE',
      message:
        "distill.soft-label: a teacher's tensors cannot be kept, since the training data is changed at random in each epoch.",
    })
    await expect(prepare({ train: { ...images(8, 1), size: undefined } })).rejects.toThrow('cannot be kept of a stream')
    expect(needsOf(softLabel, softLabel.options.parse(options))).toEqual(['teacher', 'train'])
  })

  it('lie by the place of each sample, in whatever order the data comes', async () => {
    const source = images(6, 4)
    const write = vi.fn(async (_: string, __: TensorData) => {})
    const tensors = { read: async () => undefined, write }
    await prepare({ train: source, tensors })
    const shuffled: DataSource = {
      ...source,
      batches: given => source.batches({ ...given, batchSize: 4, shuffle: { seed: 1, epoch: 1 } }),
    }
    await prepare({ train: shuffled, tensors })
    const [[, plain] = [], [, found] = []] = write.mock.calls
    for (const [place, value] of numbersOf(found).entries()) expect(value).toBeCloseTo(numbersOf(plain)[place] ?? 0, 5)
    expect(numbersOf(plain)).toHaveLength(24)
  })

  it('are of all samples that the data says to have', async () => {
    await expect(prepare({ train: { ...images(6, 4), size: 7 } })).rejects.toMatchObject({
      code: 'DATA_CACHE',
      message: 'distill.soft-label: the training data gave 6 samples of the 7 that it says to have.',
    })
  })

  it('are a row for each sample', async () => {
    const b = createBuilder('rows')
    b.output(b.named(b.Relu(b.Reshape(b.input('input', 'float32', ['N', 1, 8, 8]), b.ints(-1, 4))), 'rows'))
    const { context } = lesson(b.build(), { train: images(2, 4) })
    const given = l2.options.parse({ pairs: [{ student: 'logits', teacher: 'rows' }], cache: true })
    await expect(l2.prepare(student, given, context)).rejects.toMatchObject({
      code: 'RECIPE_PAIR',
      message: "The teacher's tensor rows is float32 [32,4] of 2 samples; what is kept is a float32 row for each.",
    })
  })
})
