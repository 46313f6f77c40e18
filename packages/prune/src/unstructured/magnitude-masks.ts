/**
 * Masks that leave out the given share of the elements of least magnitude, in each tensor or in all together. Of equal
 * magnitudes the first go first.
 */
export function magnitudeMasks(
  tensors: readonly Float32Array[],
  sparsity: number,
  scope: 'layer' | 'global',
): readonly Float32Array[] {
  if (scope === 'layer') return tensors.flatMap(tensor => masksTogether([tensor], sparsity))
  return masksTogether(tensors, sparsity)
}

function masksTogether(tensors: readonly Float32Array[], sparsity: number): readonly Float32Array[] {
  const total = tensors.reduce((sum, { length }) => sum + length, 0)
  const zeros = Math.round(total * sparsity)
  const magnitudes = new Float32Array(total)
  let end = 0
  for (const tensor of tensors) {
    magnitudes.set(tensor.map(Math.abs), end)
    end += tensor.length
  }
  magnitudes.sort()
  const threshold = zeros === 0 ? Number.NEGATIVE_INFINITY : (magnitudes[zeros - 1] ?? 0)
  // How many of those at the threshold go.
  let left = zeros - magnitudes.findIndex(value => value >= threshold)
  return tensors.map(tensor =>
    tensor.map(value => {
      const magnitude = Math.abs(value)
      return magnitude > threshold || (magnitude === threshold && left-- <= 0) ? 1 : 0
    }),
  )
}

/**
 * The share of zeros in an epoch: s = s_f + (s_i − s_f)·(1 − t)³ with t from 0, before the first of the epochs from
 * `begin` to `end`, to 1 in the last (Zhu and Gupta 2017, "To Prune, or Not to Prune").
 * @param epoch from 1
 */
export function sparsityAt(
  epoch: number,
  {
    initial,
    final,
    begin,
    end,
  }: { readonly initial: number; readonly final: number; readonly begin: number; readonly end: number },
): number {
  const progress = Math.min(1, Math.max(0, (epoch - begin + 1) / (Math.max(end, begin) - begin + 1)))
  return final + (initial - final) * (1 - progress) ** 3
}
