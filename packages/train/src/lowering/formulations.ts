import type { Convolution } from '../convolution/convolution.ts'
import { columns } from './convolutions/columns.ts'
import type { ConvolutionForm } from './convolutions/convolution-form.ts'
import { depthwise } from './convolutions/depthwise.ts'
import { pointwise } from './convolutions/pointwise.ts'

/** In the order in which they are tried. */
const forms: readonly ConvolutionForm[] = [pointwise, depthwise, columns]

/** How a convolution is computed where its images lie in rows; undefined where it stays plain. */
export const formOf = (conv: Convolution): ConvolutionForm | undefined => forms.find(form => form.fits(conv))
