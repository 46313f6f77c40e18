/** How alike two tensors are, over all their elements. Plain JSON: every number is finite. */
export interface Similarity {
  /**
   * Signal-to-quantization-noise ratio in dB, `10 · log₁₀(Σ r² / Σ (r − c)²)`; null where nothing differs. Kept within
   * ±300 dB, where an original of zeros would make it infinite.
   */
  readonly sqnr: number | null
  /** Cosine of the angle between them, `Σ r·c / (‖r‖ · ‖c‖)`; 1 for two of zeros, 0 where only one is. */
  readonly cosine: number
  readonly maxDifference: number
}

/** Running sums in float64: memory does not grow with the number of elements. */
export interface SimilaritySums {
  readonly add: (reference: ArrayLike<number>, candidate: ArrayLike<number>) => void
  readonly result: () => Similarity
}

export function similaritySums(): SimilaritySums {
  let signal = 0
  let noise = 0
  let product = 0
  let energy = 0
  let maxDifference = 0
  return {
    add: (reference, candidate) => {
      // Locals: engines keep numbers of a closure boxed, which makes each element ten times as slow.
      let [signals, noises, products, energies, most] = [signal, noise, product, energy, maxDifference]
      for (let index = 0; index < reference.length; index++) {
        const r = reference[index] ?? 0
        const c = candidate[index] ?? 0
        const difference = Math.abs(r - c)
        signals += r * r
        energies += c * c
        products += r * c
        noises += difference * difference
        if (difference > most) most = difference
      }
      signal = signals
      noise = noises
      product = products
      energy = energies
      maxDifference = most
    },
    result: () => ({ sqnr: decibels(signal, noise), cosine: cosineOf(product, signal, energy), maxDifference }),
  }
}

const mostDecibels = 300

function decibels(signal: number, noise: number): number | null {
  if (noise === 0) return null
  return Math.max(-mostDecibels, Math.min(mostDecibels, 10 * Math.log10(signal / noise)))
}

function cosineOf(product: number, signal: number, energy: number): number {
  if (signal === 0 || energy === 0) return signal === energy ? 1 : 0
  return Math.max(-1, Math.min(1, product / Math.sqrt(signal * energy)))
}

/** Whether both tensors held finite numbers only. */
export const isFiniteSimilarity = ({ cosine, maxDifference }: Similarity): boolean =>
  Number.isFinite(cosine) && Number.isFinite(maxDifference)

/** Worst first: by SQNR, then by cosine. */
export const worseFirst = (a: Similarity, b: Similarity): number =>
  (a.sqnr ?? Number.MAX_VALUE) - (b.sqnr ?? Number.MAX_VALUE) || a.cosine - b.cosine
