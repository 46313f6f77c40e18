export { fittingBatchSize } from './batch-size.ts'
export { beforeSoftmax } from './before-softmax.ts'
export {
  type AttributeInput,
  createBuilder,
  createRewriter,
  type GraphBuilder,
  type NodeOptions,
  type Value,
} from './builder.ts'
export { type ChannelReduction, channelReductions } from './channel-reductions.ts'
export { type Cost, type CostOptions, cost, type ModelCost, type NodeCost } from './cost.ts'
export { byteLength, type DataType, dataTypeCode, isFloat, isInteger } from './data-type.ts'
export { DataError, ModelError, PareError, type PareErrorDetails, RecipeError, RunError } from './errors.ts'
export { type Feeds, feedsOf, fixedBatchSize, type RunOutput, runBatch, tensorFor } from './feeds.ts'
export {
  bytesText,
  changeText,
  countText,
  digits,
  durationText,
  millisecondsText,
  percentText,
  signed,
} from './format.ts'
export type { Attribute, Dimension, Graph, GraphBody, Node, Shape, TensorType, ValueInfo } from './graph.ts'
export { bodiesOf, readsOf, valuesOf } from './graph.ts'
export { redirectReads, renameValues } from './graph-edit.ts'
export { type GraphIndex, graphIndex, usersOf } from './graph-index.ts'
export { halfToNumber, numberToHalf } from './half-floats.ts'
export { type InferredTypes, inferTypes, operatorOf, typeOf } from './infer.ts'
export { withInputShapes } from './input-shapes.ts'
export { type LoadOptions, loadModel } from './load.ts'
export { nearest } from './nearest.ts'
export { matchInitializers, matchNodes, nodePatterns } from './node-filter.ts'
export { once } from './once.ts'
export {
  type AnyOperator,
  type AttributeSpec,
  type AttributeSpecs,
  type AttributeValues,
  attribute,
  byName,
  type CostContext,
  type InferContext,
  type Inferred,
  type InputValues,
  isKnown,
  type Operator,
  type OutputValues,
  type RequiredAttribute,
  readAttributes,
} from './operator.ts'
export { operators } from './operators/registry.ts'
export { type Window, type WindowAttributes, windowOf } from './operators/spatial.ts'
export { type Pass, type PassRefusal, type PassReport, type PassResult, runPasses } from './pass.ts'
export { passes } from './passes/registry.ts'
export type {
  Batch,
  BatchOptions,
  DataSource,
  Evaluator,
  Executor,
  InitialState,
  Metrics,
  MixedLabels,
  Progress,
  ProgressListener,
  Session,
  SessionOptions,
  StatefulExecutor,
  StatefulSession,
  TensorData,
  TensorMap,
} from './ports.ts'
export { createRandom, type Random, randomNormal } from './random.ts'
export { runWhole } from './run-whole.ts'
export { type SavedModel, type SaveOptions, savedBytes, saveModel, saveModelPieces } from './save.ts'
export { shuffledOrder } from './shuffled-order.ts'
export { simplify, simplifyUnfolded } from './simplify.ts'
export {
  defineStrategy,
  type EpochMoment,
  type FrozenFrom,
  type Need,
  needsOf,
  type Round,
  type Strategy,
  type StrategyContext,
  type StrategyResult,
  type TensorFiles,
  type TextFiles,
  type TrainableTensor,
  type TrainingPart,
  type TrainingTerm,
} from './strategy.ts'
export { defineTarget, type Target, type TargetQuantization } from './target.ts'
export { targets } from './targets/registry.ts'
export {
  elementCount,
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
export type { ReadExternal } from './tensor-proto.ts'
export { upgradeOpset } from './upgrade-opset.ts'
export { assertValid, type Finding, findingOfError, type ValidateOptions, validate } from './validate.ts'
export type { Severity } from './validation/rule.ts'
export { withOutputs } from './with-outputs.ts'
