import type { DataType } from './data-type.ts'

/** How a model is to be quantized for a target, unless the user says otherwise. */
export interface TargetQuantization {
  readonly activations: {
    readonly dataType: 'uint8' | 'int8'
    /** Whether the zero point must be in the middle of the type (0 for int8, 128 for uint8). */
    readonly symmetric: boolean
  }
  readonly weights: {
    /** 8: levels −127 … 127. 7: levels −64 … 64, so that two products with 8-bit activations fit into 16 bits. */
    readonly bits: 7 | 8
    /** A scale for each output channel. */
    readonly perChannel: boolean
  }
  /** `int32`: through a DequantizeLinear, as the weights. `float`: as it was. */
  readonly bias: 'int32' | 'float'
}

/** A runtime that a model is made for: what it takes, and what is best for it. */
export interface Target {
  /** As a recipe and `--target` name it, such as `onnxruntime-web`. */
  readonly id: string
  /** One sentence for help and forms. */
  readonly description: string
  /** The newest operator set of ONNX that its release of autumn 2026 reads: onnxruntime 1.30, TensorRT 11. */
  readonly newestOpset: number
  readonly quantization: TargetQuantization
  /** Types that QuantizeLinear may make and DequantizeLinear may read. */
  readonly quantizedTypes: readonly DataType[]
  /** Whether every zero point must be in the middle of its type. */
  readonly symmetricOnly: boolean
  /** Whether sums of two products of 8-bit activations and s8 weights saturate at 16 bits on some of its CPUs. */
  readonly saturates: boolean
  /** Domains whose operators it knows; undefined: any that it was built or extended with. */
  readonly domains?: readonly string[]
  /** Operators of ONNX's own domain that it runs; undefined: all but `missing`. */
  readonly operators?: readonly string[]
  /** Operators that make or take integers, which it does not run: it wants Q/DQ pairs. */
  readonly missing?: readonly string[]
  /** Its kernels work on so many channels at once, so that layers of a multiple of them waste nothing; undefined: any number. */
  readonly channelMultiple?: number
  /** Zeros among weights that its kernels skip; undefined: none, so that they make the compressed file smaller only. */
  readonly sparsity?: 'any' | '2:4'
}

/** Returns the target as it is, frozen. */
export const defineTarget = (target: Target): Target => Object.freeze(target)
