import type { Graph } from '@pare/core-graph'
import type { z } from 'zod'
import type { Affine, Range } from '../affine.ts'
import type { LayerWeights } from '../layer-weights.ts'
import type { OutputFidelity } from '../output-fidelity.ts'
import type { QuantizedNode } from '../quantized-nodes.ts'
import type { LayerSaturation } from '../saturation.ts'
import type { staticOptions } from '../static-options.ts'

/** Options of `quant.static` that an experiment changes. */
export type QuantChange = Pick<
  z.input<typeof staticOptions>,
  'observer' | 'equalize' | 'perChannel' | 'weightBits' | 'exclude'
>

/** A change of the recipe, as it stands in one. Plain JSON data. */
export type RecipeChange = { readonly 'quant.static': QuantChange } | { readonly data: object }

/** What may be wrong with one layer, or with the whole model, and what would mend it. */
export interface Suspicion {
  /** What was found, in plain words: whole sentences. */
  readonly evidence: string
  /** The figures in it. */
  readonly figures: Readonly<Record<string, number | string>>
  /** Changes that may mend it; each is tried, and the best one told. */
  readonly changes: readonly RecipeChange[]
  /** What to do, in plain words. */
  readonly advice: string
  /** Tries what is no change of the options, or cannot be tried by quantizing again. */
  readonly experiment?: () => Promise<{ readonly before: OutputFidelity; readonly after: OutputFidelity }>
}

/** One layer that computes in int8, as a cause sees it; figures are of the float model on the samples. */
export interface Layer extends QuantizedNode {
  readonly graph: Graph
  /** Its weights, where they are those of a Conv, ConvTranspose or Gemm. */
  readonly weights: LayerWeights | undefined
  /** Whether they have one scale for all output channels. */
  readonly oneScale: boolean
  /** How the int8 model maps a value. */
  readonly affine: (value: string) => Affine | undefined
  /** The values that share one scale with a value, itself among them. */
  readonly together: (value: string) => readonly string[]
  /** The least and the greatest element of a value. */
  readonly range: (value: string) => Range | undefined
  /** All but the outermost elements: one in a thousand on either side. */
  readonly bulk: (value: string) => Range | undefined
  /** The greatest magnitude of each channel of a value. */
  readonly channels: (value: string) => Float64Array | undefined
  /** The greatest magnitude of each output channel's weights. */
  readonly reaches: (weights: LayerWeights) => Float64Array
  readonly saturation: LayerSaturation | undefined
  /** What the kernels of this CPU cost beside exact arithmetic; undefined where they cost nothing. */
  readonly kernelLoss: { readonly exact: OutputFidelity; readonly run: OutputFidelity } | undefined
}

/** The whole model, for causes that lie in no single layer. */
export interface WholeModel {
  /** Sentences of evaluate's `checkInputs`. */
  readonly warnings: readonly string[]
  /** Of the samples, by the name of the input. */
  readonly inputs: readonly { readonly name: string; readonly range: Range; readonly affine: Affine | undefined }[]
  /** Fidelity of the int8 model, and with the samples of one input mapped onto another range. */
  readonly withInput: (name: string, from: Range, to: Range) => Promise<OutputFidelity>
  readonly before: OutputFidelity
}

/** A reason for which int8 loses accuracy: when to suspect it, and what mends it. */
export interface Cause {
  /** Kebab-case. */
  readonly id: string
  /** A few words, such as `one scale for a depthwise layer`. */
  readonly title: string
  /** Undefined where there is nothing to suspect. */
  readonly inLayer?: (layer: Layer) => Suspicion | undefined
  readonly inModel?: (model: WholeModel) => Suspicion | undefined
}

export const defineCause = (cause: Cause): Cause => Object.freeze(cause)
