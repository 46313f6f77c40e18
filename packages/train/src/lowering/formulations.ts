import type { Convolution } from '../convolution/convolution.ts'
import { blocked, blockedPhases } from './convolutions/blocked.ts'
import { columns, turnedColumns } from './convolutions/columns.ts'
import type { ConvolutionForm } from './convolutions/convolution-form.ts'
import { depthwise, depthwisePhases } from './convolutions/depthwise.ts'
import { pointwise } from './convolutions/pointwise.ts'
import { shifted } from './convolutions/shifted.ts'

type Direction = 'forward' | 'inputGradient' | 'weightGradient'

/** For which shapes a form is the fastest. */
interface Formulation<To extends Direction> {
  readonly form: ConvolutionForm & { readonly [Key in To]-?: NonNullable<ConvolutionForm[Key]> }
  readonly when: (conv: Convolution) => boolean
}

const always = () => true
const pixels = ({ result }: Convolution) => result.reduce((product, size) => product * size, 1)

/** The first that fits and is said to be fastest is taken. */
const formulations: { readonly [To in Direction]: readonly Formulation<To>[] } = {
  forward: [
    { form: pointwise, when: always },
    { form: depthwise, when: always },
    { form: blocked, when: conv => pixels(conv) >= 100 },
    { form: columns, when: always },
  ],
  inputGradient: [
    { form: pointwise, when: always },
    { form: depthwisePhases, when: always },
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
