import { defineStrategy, nodePatterns, RecipeError, simplifyUnfolded, tensorFloats, tensorOf } from '@pare/core-graph'
import { z } from 'zod'
import { addMasks, bakeMasks, trainingNames } from '../unstructured/masked-weights.ts'
import { nOfMMask } from '../unstructured/n-m-mask.ts'
import { sparseWeights } from '../unstructured/sparse-weights.ts'
import { sparsityNote } from '../unstructured/sparsity-note.ts'

/** of each m weights side by side along the input channels the n largest stay, all others are 0; W is read as W·mask */
export const nM = defineStrategy({
  id: 'prune.n-m',
  description: 'Leave n of each m neighbouring weights, such as 2 of 4, which sparse tensor cores run faster.',
  options: z
    .strictObject({
      n: z.int().positive().default(2).describe('Weights that stay'),
      m: z.int().positive().default(4).describe('Of so many side by side along the input channels'),
      update: z
        .enum(['once', 'epoch'])
        .default('once')
        .describe('Whether the mask stays as it is chosen at first, or is chosen anew before each epoch'),
      include: nodePatterns.optional().describe(`Only the weights of these layers. ${nodePatterns.description}`),
      exclude: nodePatterns.default([]).describe(`Not the weights of these layers. ${nodePatterns.description}`),
    })
    .refine(({ n, m }) => n < m, { error: 'n must be less than m', path: ['n'] }),
  needs: [],
  prepare: async (given, options, { target, note }) => {
    const { n, m, update } = options
    const graph = simplifyUnfolded(given)
    const all = sparseWeights(graph, options)
    const weights = all.filter(({ tensor, inputAxis }) => (tensor.dims[inputAxis] ?? 0) % m === 0)
    const dense = all.filter(weight => !weights.includes(weight))
    const [first] = dense
    if (weights.length === 0)
      throw new RecipeError({
        code: 'RECIPE_PRUNE_NOTHING',
        message: `No layer of those chosen has input channels in multiples of ${m}.`,
        hint: 'Choose a smaller m, or other layers.',
      })
    if (first)
      note(
        `${dense.length === 1 ? `${first.node} stays` : `${dense.length} layers, such as ${first.node}, stay`} dense: input channels that are no multiple of ${m}, as of depthwise convolutions.`,
      )
    const worth = sparsityNote(target, n === 2 && m === 4 ? '2:4' : 'other')
    if (worth) note(worth)
    const chosen = new Map(
      weights.map(({ name, tensor, inputAxis }) => [
        name,
        tensorOf('float32', tensor.dims, nOfMMask(tensorFloats(tensor), tensor.dims, inputAxis, { n, m })),
      ]),
    )
    const { graph: masking, masked } = addMasks(graph, chosen)
    return {
      graph: masking,
      details: {
        n,
        m,
        weights: weights.map(({ name, node, tensor }) => ({ name, node, dims: tensor.dims })),
        dense: dense.map(({ node }) => node),
      },
      training: {
        ...trainingNames(masked),
        ...(update === 'epoch' && {
          onEpoch: async ({ readState, writeState }) => {
            const state = await readState(masked.map(({ weight }) => weight))
            await writeState(
              Object.fromEntries(
                masked.flatMap(({ weight, mask }, place) => {
                  const { dims, data } = state[weight] ?? {}
                  const axis = weights[place]?.inputAxis ?? 0
                  if (!dims || !(data instanceof Float32Array)) return []
                  return [[mask, { dataType: 'float32' as const, dims, data: nOfMMask(data, dims, axis, { n, m }) }]]
                }),
              ),
            )
          },
        }),
        finish: trained => bakeMasks(trained, masked),
      },
    }
  },
})
