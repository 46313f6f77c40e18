import type { DataType, TypedArray } from '@pare/core-graph'

/** An array whose first axis counts the samples; its rows are read when they are asked for. */
export interface SampleArray {
  /** How an error speaks of it: `ids.npy`, `ids of train.npz`. */
  readonly name: string
  readonly dataType: DataType
  /** `[N, ...]`, of which no axis is empty. */
  readonly dims: readonly number[]
  /** Elements of the rows asked for, one row after another, in an array of their own. */
  readonly rows: (indices: Uint32Array) => TypedArray | Promise<TypedArray>
}

/** Arrays by name, all of one file or folder. */
export interface ArrayTable {
  readonly path: string
  readonly names: readonly string[]
  /** What a name is here: `array`, `column`. */
  readonly noun: string
  /** @throws DataError when there is none of this name, or it is nothing that a model can take */
  readonly open: (name: string) => Promise<SampleArray>
}
