import type { Convolution } from '../convolution/convolution.ts'
import { blocked, blockedPhases } from './convolutions/blocked.ts'
import { columns, turnedColumns } from './convolutions/columns.ts'
import type { ConvolutionForm } from './convolutions/convolution-form.ts'
import { depthwise, turnedDepthwise } from './convolutions/depthwise.ts'
import { pointwise } from './convolutions/pointwise.ts'
import { shifted } from './convolutions/shifted.ts'

export type Direction = 'forward' | 'inputGradient' | 'weightGradient'

/** A form, and for which of the shapes that it fits it is the fastest. */
interface Formulation<To extends Direction> {
  readonly form: ConvolutionForm & { readonly [Key in To]-?: NonNullable<ConvolutionForm[Key]> }
  readonly when: (conv: Convolution) => boolean
}

const always = () => true
const pixels = ({ result }: Convolution) => result.reduce((product, size) => product * size, 1)

/**
 * The table of measurements: the first form that fits and is said to be fastest is taken. Figures are milliseconds of one
 * thread (AVX-512, batch 64), the least of interleaved runs; those of the first two rows of two threads. "128 · 14²" is
 * 128 channels on 14×14; what a form computes comes first, then what it takes to lay images out for it.
 *
 * | | shape | taken | instead |
 * |---|---|---|---|
 * | 1×1, all three | 1024 · 2² | product 3.1 | Conv 15.5 |
 * | depthwise, all three | 512 · 4² | blocked 0.34 | grouped Conv 4.8, ConvTranspose 5–14 |
 * | its dX, stride 2 | 96 · 48², batch 32 | zeros between pixels 5.5 | a convolution for each phase 19 |
 * | 3×3 forward, dX | 128 · 14² | blocked 33 and 12 | columns 43 and 14 |
 * | | 16 · 28² | blocked 2.2 and 1.5 | columns 6 and 6 |
 * | | 256 · 7² | columns 42 and 6 | blocked 44 and 3 |
 * | | 512 · 4² | columns 64 and 4 | blocked 82 and 2 |
 * | 3×3 dW | 128 · 14² | shifted 42 and 7 | columns 42 and 14, blocked over images 114 |
 * | | 512 · 4² | columns 66 | shifted 90 |
 * | | 1 or 3 channels | columns, kept from the forward pass | |
 */
const formulations: { readonly [To in Direction]: readonly Formulation<To>[] } = {
  forward: [
    { form: pointwise, when: always },
    { form: depthwise, when: always },
    { form: blocked, when: conv => pixels(conv) >= 100 },
    { form: columns, when: always },
  ],
  inputGradient: [
    { form: pointwise, when: always },
    { form: turnedDepthwise, when: always },
    { form: turnedColumns, when: conv => pixels(conv) < 100 },
    { form: blockedPhases, when: always },
    { form: turnedColumns, when: always },
  ],
  weightGradient: [
    { form: pointwise, when: always },
    { form: depthwise, when: always },
    { form: shifted, when: conv => conv.channels >= 16 && pixels(conv) >= 100 },
    { form: columns, when: always },
  ],
}

/** How a convolution, or a gradient of one, is computed where its images lie in rows; undefined where it stays plain. */
export const formOf = <const To extends Direction>(
  to: To,
  conv: Convolution,
  block: number,
): Formulation<To>['form'] | undefined =>
  formulations[to].find(({ form, when }) => form.fits(conv, block) && when(conv))?.form

/** Every form for a direction, once each: what the conformance suite tests. */
export const formsFor = <const To extends Direction>(to: To): readonly Formulation<To>['form'][] => [
  ...new Set(formulations[to].map(({ form }) => form)),
]
