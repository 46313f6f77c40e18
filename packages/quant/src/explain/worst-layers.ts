import type { LayerFidelity } from '@pare/evaluate'
import { type QuantizedNode, ruleOf } from '../quantized-nodes.ts'

export interface WorstLayer {
  readonly node: QuantizedNode
  readonly sqnr: number | null
  readonly noise: number
}

/** Noise and signal are energies; what a layer adds is what it has more than its noisiest input, each beside its signal. */
export function worstLayers(
  nodes: readonly QuantizedNode[],
  fidelities: readonly LayerFidelity[],
): readonly WorstLayer[] {
  const known = new Map(fidelities.map(({ value, sqnr }) => [value, sqnr]))
  const noiseOf = (value: string) => {
    const sqnr = known.get(value)
    return typeof sqnr === 'number' ? 10 ** (-sqnr / 10) : 0
  }
  return nodes
    .filter(({ node }) => ruleOf(node)?.role === 'computes')
    .map(node => {
      const value = node.outputs[0] ?? node.node.outputs[0] ?? ''
      const noise = noiseOf(value) - Math.max(0, ...node.data.map(noiseOf))
      return { node, sqnr: known.get(value) ?? null, noise: Math.max(0, noise) }
    })
    .sort((a, b) => b.noise - a.noise)
}
