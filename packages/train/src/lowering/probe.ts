import { createBuilder, type Executor } from '@pare/core-graph'

/** What lowering must know of the runtime and the machine. */
export interface LoweringFacts {
  /** Number of channels that onnxruntime's blocked convolution keeps side by side; undefined where it has none. */
  readonly block: number | undefined
  /** Why there is none. */
  readonly reason?: string
}

const remembered = new WeakMap<Executor, Promise<LoweringFacts>>()

/**
 * Finds the block of onnxruntime's blocked convolution: 16 with AVX-512, 8 with AVX2. A wrong one would give wrong
 * numbers without an error, so it is read off a small convolution with a known answer. Made once for each executor.
 */
export function loweringFacts(executor: Executor): Promise<LoweringFacts> {
  const known = remembered.get(executor) ?? probe(executor)
  remembered.set(executor, known)
  return known
}

/**
 * Two pixels of 16 channels, all ones, each channel with a weight of its own: the order in which the weights come out is
 * the layout. With 16 side by side it is 1 … 16, 1 … 16; with 8 it is 1 … 8, 1 … 8, 9 … 16, 9 … 16.
 */
async function probe(executor: Executor): Promise<LoweringFacts> {
  const b = createBuilder('probe')
  const x = b.input('x', 'float32', [1, 16, 1, 2])
  const w = b.input('w', 'float32', [16, 1, 1, 1])
  const [y] = b.node(
    'Conv',
    [x, w],
    { group: 16, kernel_shape: [1, 1] },
    {
      domain: 'com.microsoft.nchwc',
      outputTypes: [{ dataType: 'float32', shape: [1, 16, 1, 2] }],
    },
  )
  if (y) b.output(b.named(y, 'y'))
  const weights = Float32Array.from({ length: 16 }, (_, channel) => channel + 1)
  try {
    await using session = await executor.open(b.build())
    const { y: found } = await session.run({
      x: { dataType: 'float32', dims: [1, 16, 1, 2], data: new Float32Array(32).fill(1) },
      w: { dataType: 'float32', dims: [16, 1, 1, 1], data: weights },
    })
    const order = Array.from(found?.data ?? [], Number)
    const block = [16, 8].find(size => order.every((weight, place) => weight === expected(place, size)))
    return block ? { block } : { block, reason: 'the layout of blocked convolutions is not known here' }
  } catch (error) {
    return {
      block: undefined,
      reason: `the runtime has no blocked convolutions (${error instanceof Error ? error.message : error})`,
    }
  }
}

const expected = (place: number, block: number): number => Math.floor(place / (2 * block)) * block + (place % block) + 1
