/**
 * A mask that leaves the n largest of each m elements that lie side by side along an axis, whose size m divides (Mishra
 * et al. 2021, "Accelerating Sparse Deep Neural Networks"). Of equal ones the first stay.
 */
export function nOfMMask(
  weights: Float32Array,
  dims: readonly number[],
  axis: number,
  { n, m }: { readonly n: number; readonly m: number },
): Float32Array {
  const stride = dims.slice(axis + 1).reduce((product, size) => product * size, 1)
  const size = dims[axis] ?? 1
  const mask = new Float32Array(weights.length)
  for (let start = 0; start < weights.length; start++) {
    const place = Math.floor(start / stride) % size
    if (place % m !== 0) continue
    const places = Array.from({ length: m }, (_, offset) => start + offset * stride)
    const largest = places.toSorted((a, b) => Math.abs(weights[b] ?? 0) - Math.abs(weights[a] ?? 0) || a - b)
    for (const kept of largest.slice(0, n)) mask[kept] = 1
  }
  return mask
}
