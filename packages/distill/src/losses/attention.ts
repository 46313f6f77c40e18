import type { Value } from '@pare/core-graph'
import { defineLoss, type Expressions } from '@pare/train'

/** Keeps the square root's slope finite where a map is all zeros. */
const epsilon = 1e-12

/**
 * L = 1/N Σₙ ‖qₙ(student)/‖qₙ(student)‖₂ − qₙ(teacher)/‖qₙ(teacher)‖₂‖₂², q = Σ_c F_c² over the channels: where a layer
 * looks, whatever its channels (Zagoruyko & Komodakis 2017, "Paying More Attention to Attention", section 3.1, F²_sum;
 * squared as in their code). student, teacher:[N,C,H,W] or [N,L,C], C may differ → []
 */
export const attention = defineLoss({
  id: 'attention',
  description: 'Where a layer of the model is active, against where one of a teacher is',
  inputs: { student: 'named', teacher: 'named' },
  options: {},
  build: (ops, { student, teacher }) => {
    const difference = ops.square(ops.sub(attentionMap(ops, student), attentionMap(ops, teacher)))
    return ops.mean(ops.sum(difference, [-1]))
  },
})

/** `[N, pixels]`, of length 1 for each sample. */
function attentionMap(ops: Expressions, features: Value): Value {
  const channels = features.shape?.length === 4 ? 1 : 2
  const sums = ops.reshape(ops.sum(ops.square(features), [channels]), [0, -1])
  const lengths = ops.sqrt(ops.add(ops.sum(ops.square(sums), [-1]), epsilon))
  return ops.div(sums, ops.reshape(lengths, [0, 1]))
}
