import { z } from 'zod'
import { defineAugmentation } from '../augmentation.ts'
import { mixingOptions } from '../mixing-options.ts'
import { symmetricBeta } from '../symmetric-beta.ts'

/**
 * Every image becomes share · image + (1 − share) · partner, with one share for the batch: Zhang et al. 2018, "mixup:
 * Beyond Empirical Risk Minimization".
 */
export const mixup = defineAugmentation({
  kind: 'batch',
  id: 'mixup',
  options: z.strictObject(mixingOptions(0.2)),
  apply: ({ count, elements }, partners, random, { alpha }) => {
    const share = Math.fround(symmetricBeta(alpha, random))
    const rest = 1 - share
    const mixed = new Float32Array(elements.length)
    const length = elements.length / count
    for (let image = 0; image < count; image++) {
      const start = image * length
      const partner = (partners[image] ?? image) * length
      for (let place = 0; place < length; place++)
        mixed[start + place] = share * (elements[start + place] ?? 0) + rest * (elements[partner + place] ?? 0)
    }
    return { elements: mixed, share }
  },
})
