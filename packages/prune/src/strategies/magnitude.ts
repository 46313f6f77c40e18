import {
  defineStrategy,
  nodePatterns,
  simplifyUnfolded,
  type TensorMap,
  tensorFloats,
  tensorOf,
} from '@pare/core-graph'
import { z } from 'zod'
import { magnitudeMasks, sparsityAt } from '../unstructured/magnitude-masks.ts'
import { addMasks, bakeMasks, trainingNames } from '../unstructured/masked-weights.ts'
import { sparseWeights } from '../unstructured/sparse-weights.ts'
import { sparsityNote } from '../unstructured/sparsity-note.ts'

/** W is read as W·mask; before each epoch the mask leaves out the share s of least |W·mask|, s by a cubic schedule */
export const magnitude = defineStrategy({
  id: 'prune.magnitude',
  description: 'Make the weights of least magnitude zero, more from epoch to epoch (gradual magnitude pruning).',
  options: z.strictObject({
    sparsity: z.number().gt(0).lt(1).default(0.5).describe('Share of the weights that are zero in the end'),
    initial: z.number().gte(0).lt(1).default(0).describe('Share of zeros that the schedule starts from'),
    begin: z.int().positive().default(1).describe('First epoch with more zeros than at the start'),
    end: z
      .int()
      .positive()
      .optional()
      .describe(
        'First epoch with all zeros. Default: when two thirds of the epochs are over, so that a third is left to recover',
      ),
    scope: z
      .enum(['layer', 'global'])
      .default('layer')
      .describe('Whether every layer has that share of zeros, or all of them together'),
    include: nodePatterns.optional().describe(`Only the weights of these layers. ${nodePatterns.description}`),
    exclude: nodePatterns.default([]).describe(`Not the weights of these layers. ${nodePatterns.description}`),
  }),
  needs: [],
  prepare: async (given, options, { round, target, note }) => {
    const graph = simplifyUnfolded(given)
    const weights = sparseWeights(graph, options)
    const worth = sparsityNote(target, 'any')
    if (worth) note(worth)
    const final = round ? 1 - (1 - options.sparsity) ** (round.number / round.rounds) : options.sparsity
    const elements = weights.map(({ tensor }) => tensorFloats(tensor))
    const total = elements.reduce((sum, { length }) => sum + length, 0)
    const zeros = elements.reduce((sum, tensor) => sum + tensor.filter(value => value === 0).length, 0)
    const initial = Math.min(final, Math.max(options.initial, zeros / total))
    const first = magnitudeMasks(elements, initial, options.scope)
    const { graph: masking, masked } = addMasks(
      graph,
      new Map(
        weights.map(({ name, tensor: { dims } }, place) => [name, tensorOf('float32', dims, first[place] ?? [])]),
      ),
    )
    const { begin, scope } = options
    const endOf = (epochs: number) => options.end ?? Math.max(begin, Math.ceil((2 * epochs) / 3))
    return {
      graph: masking,
      details: {
        sparsity: final,
        initial,
        scope,
        weights: weights.map(({ name, node, tensor }) => ({ name, node, dims: tensor.dims })),
      },
      training: {
        ...trainingNames(masked),
        onEpoch: async ({ epoch, epochs, readState, writeState }) => {
          const sparsity = sparsityAt(epoch, { initial, final, begin, end: endOf(epochs) })
          const state = await readState(masked.flatMap(({ weight, mask }) => [weight, mask]))
          const products = masked.map(({ weight, mask }) => product(state, weight, mask))
          const masks = magnitudeMasks(products, sparsity, scope)
          await writeState(
            Object.fromEntries(
              masked.map(({ mask }, place) => [
                mask,
                { dataType: 'float32', dims: state[mask]?.dims ?? [], data: masks[place] ?? new Float32Array() },
              ]),
            ),
          )
        },
        resultFrom: endOf,
        finish: trained => bakeMasks(trained, masked),
      },
    }
  },
})

/** What is zero already stays the least. */
function product(state: TensorMap, weight: string, mask: string): Float32Array {
  const [values, kept] = [state[weight]?.data, state[mask]?.data]
  if (!(values instanceof Float32Array)) return new Float32Array()
  return values.map((value, place) => value * Number(kept?.[place] ?? 0))
}
