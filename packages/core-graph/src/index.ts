export { byteLength, type DataType, dataTypeCode, dataTypeName, isFloat, isInteger } from './data-type.ts'
export { DataError, ModelError, PareError, type PareErrorDetails, RecipeError, RunError } from './errors.ts'
export type { Attribute, Dimension, Graph, GraphBody, Node, OtherType, Shape, TensorType, ValueInfo } from './graph.ts'
export { bodiesOf, capturesOf, opsetOf, readsOf } from './graph.ts'
export { type GraphIndex, graphIndex, useCount, usersOf } from './graph-index.ts'
export type {
  Batch,
  BatchOptions,
  DataSource,
  Evaluator,
  Executor,
  Metrics,
  Progress,
  ProgressListener,
  Session,
  SessionOptions,
  TensorData,
  TensorMap,
} from './ports.ts'
export { createRandom, type Random, randomNormal } from './random.ts'
export { defineStrategy, type Need, type Strategy, type StrategyContext, type StrategyResult } from './strategy.ts'
export {
  elementCount,
  isExternal,
  newTypedArray,
  type Tensor,
  type TensorStorage,
  type TypedArray,
  tensorByteLength,
  tensorBytes,
  tensorElements,
  tensorFloats,
  tensorNumbers,
  tensorOf,
} from './tensor.ts'
