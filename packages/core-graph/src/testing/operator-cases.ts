import { createBuilder, type GraphBuilder, type Value } from '../builder.ts'
import type { DataType } from '../data-type.ts'
import type { Dimension } from '../graph.ts'
import type { operators } from '../operators/registry.ts'

/** What a case builds with. */
export interface CaseTools {
  readonly b: GraphBuilder
  /** An input `[batch, …sizes]`, float32 unless said otherwise. */
  readonly input: (sizes: readonly number[], dataType?: DataType) => Value
  /** A float32 constant of ones. */
  readonly ones: (...dims: readonly number[]) => Value
  /** The batch dimension: a number, or a symbol. */
  readonly batch: Dimension
}

/** Builds nodes of one operator and returns the values to look at. */
export type OperatorCase = (tools: CaseTools) => Value | readonly Value[]

const unary =
  (op: 'Relu'): OperatorCase =>
  ({ b, input }) =>
    b[op](input([3, 4]))
/** For operators whose builder method takes one value and needs no attribute. */
const ofOne = (op: keyof typeof operators): OperatorCase => unary(op as 'Relu')
const ofTwo =
  (op: keyof typeof operators): OperatorCase =>
  ({ b, input, ones }) => [b[op as 'Add'](input([3, 4]), ones(4)), b[op as 'Add'](ones(3, 1), input([3, 4]))]
const ofTwoBooleans =
  (op: 'And' | 'Or' | 'Xor'): OperatorCase =>
  ({ b, input, ones }) =>
    b[op](b.Greater(input([3]), b.scalar(0)), b.Greater(ones(3), b.scalar(0)))
const ofTwoQuantized =
  (op: 'QLinearAdd' | 'QLinearMul'): OperatorCase =>
  ({ b, input }) => {
    const number = [b.scalar(1), b.constant('uint8', [], [0])] as const
    return b[op](input([3, 4], 'uint8'), ...number, b.constant('uint8', [4], [1, 2, 3, 4]), ...number, ...number)
  }
const ofMany =
  (op: 'Min' | 'Max' | 'Mean' | 'Sum'): OperatorCase =>
  ({ b, input, ones }) =>
    b[op]([input([3, 4]), ones(4), ones(3, 1)])
const reduction =
  (op: keyof typeof operators): OperatorCase =>
  ({ b, input }) => {
    const reduce = b[op as 'ReduceSum']
    return [
      reduce(input([3, 4]), b.ints(-1)),
      reduce(input([3, 4]), b.ints(1, 2), { keepdims: 0 }),
      reduce(input([3, 4]), undefined, { keepdims: 0 }),
      reduce(input([3, 4]), undefined, { noop_with_empty_axes: 1 }),
    ]
  }
const ofIndexOfBest =
  (op: 'ArgMax' | 'ArgMin'): OperatorCase =>
  ({ b, input }) => [b[op](input([3, 4]), { axis: 1 }), b[op](input([3, 4]), { axis: -1, keepdims: 0 })]
const ints = (b: GraphBuilder, dims: readonly number[], ...values: readonly number[]) =>
  b.constant('int64', dims, values)
const recurrentWeights = ({ ones }: CaseTools, gates: number, directions: number): [Value, Value] => [
  ones(directions, gates * 5, 3),
  ones(directions, gates * 5, 5),
]
/** A recurrent layer of 5 units over 4 steps: X is [4, batch, 3]. */
const steps = ({ b, input }: CaseTools) => b.Transpose(input([4, 3]), { perm: [1, 0, 2] })

/** A body that computes with `build`, which gets the body's inputs (float32, of these sizes) and names of outer values. */
function bodyOf(
  name: string,
  inputs: readonly Value[],
  build: (b: GraphBuilder, ...inputs: Value[]) => readonly Value[],
) {
  const b = createBuilder(name)
  const own = inputs.map((like, index) => b.input(`${name}/${index}`, like.dataType, like.shape ?? []))
  for (const value of build(b, ...own)) b.output(value)
  return b.build()
}

/** At least one case for each operator, run by the conformance suite. */
export const operatorCases: Readonly<Record<keyof typeof operators, OperatorCase>> = {
  Abs: ofOne('Abs'),
  Add: ofTwo('Add'),
  And: ofTwoBooleans('And'),
  ArgMax: ofIndexOfBest('ArgMax'),
  ArgMin: ofIndexOfBest('ArgMin'),
  ArrayFeatureExtractor: ({ b, input, ones }) => [
    b.ArrayFeatureExtractor(input([3, 4]), ints(b, [1, 2], 3, 0)),
    b.ArrayFeatureExtractor(ones(4), b.ints(1)),
  ],
  AveragePool: ({ b, input }) => [
    b.AveragePool(input([3, 9, 8]), { kernel_shape: [3, 2], strides: [2, 2], pads: [1, 0, 1, 1] }),
    b.AveragePool(input([3, 9, 8]), { kernel_shape: [3, 3], auto_pad: 'SAME_UPPER', strides: [2, 2] }),
    b.AveragePool(input([3, 9, 8]), { kernel_shape: [2, 2], strides: [2, 2], ceil_mode: 1, count_include_pad: 1 }),
  ],
  BatchNormalization: ({ b, input, ones }) =>
    b.BatchNormalization(input([3, 4, 4]), ones(3), ones(3), ones(3), ones(3)),
  Cast: ({ b, input }) => b.Cast(input([3]), { to: 7 }),
  CastLike: ({ b, input }) => b.CastLike(input([3]), b.ints(1)),
  Ceil: ofOne('Ceil'),
  Celu: ofOne('Celu'),
  Clip: ({ b, input }) => [b.Clip(input([3]), b.scalar(0), b.scalar(6)), b.Clip(input([3]), undefined, b.scalar(6))],
  Concat: ({ b, input }) => [
    b.Concat([input([3, 4]), input([3, 5])], { axis: 2 }),
    b.Concat([input([3]), input([2])], { axis: -1 }),
  ],
  Constant: ({ b, input, ones }) =>
    b.Add(input([2]), b.Cast(b.node('Constant', [], { value_floats: [1, 2] })[0] ?? ones(2), { to: 1 })),
  ConstantOfShape: ({ b, input }) => b.ConstantOfShape(b.Shape(input([3]))),
  Conv: ({ b, input, ones }) => [
    b.Conv(input([3, 9, 8]), ones(4, 3, 3, 3), ones(4), { pads: [1, 1, 1, 1], strides: [2, 2] }),
    b.Conv(input([4, 9, 8]), ones(4, 1, 3, 3), { group: 4, dilations: [2, 1], auto_pad: 'VALID' }),
    b.Conv(input([4, 9]), ones(6, 2, 3), { group: 2, auto_pad: 'SAME_LOWER', strides: [2] }),
  ],
  ConvInteger: ({ b, input }) =>
    b.ConvInteger(input([1, 5, 5], 'uint8'), b.constant('uint8', [2, 1, 3, 3], new Uint8Array(18).fill(1)), {
      pads: [1, 1, 1, 1],
    }),
  ConvTranspose: ({ b, input, ones }) => [
    b.ConvTranspose(input([3, 5, 4]), ones(3, 2, 3, 3), {
      strides: [2, 2],
      pads: [1, 1, 1, 1],
      output_padding: [1, 1],
    }),
    b.ConvTranspose(input([4, 5]), ones(4, 1, 3), ones(2), { group: 2, dilations: [2] }),
  ],
  Cos: ofOne('Cos'),
  CumSum: ({ b, input }) => b.CumSum(input([3]), ints(b, [], 1)),
  DepthToSpace: ({ b, input }) => b.DepthToSpace(input([8, 2, 3]), { blocksize: 2 }),
  DequantizeLinear: ({ b, input }) => b.DequantizeLinear(input([3], 'uint8'), b.scalar(0.5)),
  Div: ofTwo('Div'),
  Dropout: ofOne('Dropout'),
  DynamicQuantizeLinear: ({ b, input }) => b.DynamicQuantizeLinear(input([3])),
  Einsum: ({ b, input, ones }) => [
    b.Einsum([input([3, 4]), ones(4, 5)], { equation: 'bij,jk->bik' }),
    b.Einsum([input([3]), ones(3)], { equation: 'bi,i' }),
  ],
  Elu: ofOne('Elu'),
  Equal: ofTwo('Equal'),
  Erf: ofOne('Erf'),
  Exp: ofOne('Exp'),
  Expand: ({ b, input }) => b.Expand(input([1, 4]), b.ints(1, 3, 1)),
  EyeLike: ({ b, input }) => b.EyeLike(input([3])),
  Flatten: ({ b, input }) => [
    b.Flatten(input([3, 4])),
    b.Flatten(input([3, 4]), { axis: -1 }),
    b.Flatten(input([3, 4]), { axis: 3 }),
    b.Flatten(input([1, 1]), { axis: 2 }),
  ],
  Floor: ofOne('Floor'),
  GRU: tools =>
    tools.b.node('GRU', [steps(tools), ...recurrentWeights(tools, 3, 1)], { hidden_size: 5 }, { outputCount: 2 }),
  Gather: ({ b, input }) => [
    b.Gather(input([3, 4]), b.ints(0, 2), { axis: 1 }),
    b.Gather(input([3, 4]), ints(b, [], 1), { axis: -1 }),
  ],
  GatherElements: ({ b, ones, input }) => b.Add(input([2]), b.GatherElements(ones(2, 2), ints(b, [1, 2], 0, 1))),
  GatherND: ({ b, input }) => b.GatherND(input([3, 4]), ints(b, [2, 1], 0, 1)),
  Gelu: ofOne('Gelu'),
  Gemm: ({ b, input, ones }) => [
    b.Gemm(input([3]), ones(3, 4), ones(4)),
    b.Gemm(input([3]), ones(4, 3), { transB: 1, alpha: 0.5 }),
    b.Gemm(ones(3, 2), input([3]), { transA: 1, transB: 1 }),
  ],
  GlobalAveragePool: ({ b, input }) => b.GlobalAveragePool(input([3, 4, 5])),
  GlobalMaxPool: ({ b, input }) => b.GlobalMaxPool(input([3, 4, 5])),
  Greater: ofTwo('Greater'),
  GreaterOrEqual: ofTwo('GreaterOrEqual'),
  GridSample: ({ b, input }) => b.GridSample(input([3, 4, 5]), input([6, 7, 2])),
  GroupNormalization: ({ b, input, ones }) => b.GroupNormalization(input([4, 3]), ones(4), ones(4), { num_groups: 2 }),
  HardSigmoid: ofOne('HardSigmoid'),
  HardSwish: ofOne('HardSwish'),
  Hardmax: ofOne('Hardmax'),
  Identity: ofOne('Identity'),
  If: ({ b }) => {
    const cond = b.Greater(b.ReduceMax(b.input('y', 'float32', [2, 3]), undefined, { keepdims: 0 }), b.scalar(0))
    const branch = (name: string) =>
      bodyOf(name, [], inner => [inner.Concat([inner.ints(1), inner.ints(2)], { axis: 0 })])
    return b.If(cond, { then_branch: branch('then'), else_branch: branch('else') })
  },
  InstanceNormalization: ({ b, input, ones }) => b.InstanceNormalization(input([3, 4]), ones(3), ones(3)),
  IsInf: ofOne('IsInf'),
  IsNaN: ofOne('IsNaN'),
  LRN: ({ b, input }) => b.LRN(input([3, 4, 4]), { size: 3 }),
  LSTM: tools =>
    tools.b.node(
      'LSTM',
      [steps(tools), ...recurrentWeights(tools, 4, 2)],
      { hidden_size: 5, direction: 'bidirectional' },
      { outputCount: 3 },
    ),
  LayerNormalization: ({ b, input, ones }) =>
    b.node('LayerNormalization', [input([3, 4]), ones(3, 4)], { axis: 1 }, { outputCount: 3 }),
  LeakyRelu: ofOne('LeakyRelu'),
  Less: ofTwo('Less'),
  LessOrEqual: ofTwo('LessOrEqual'),
  Log: ofOne('Log'),
  LogSoftmax: ofOne('LogSoftmax'),
  Loop: ({ b, input }) => {
    const [x, two] = [input([3, 4]), b.constant('int64', [], [2])]
    const body = bodyOf('body', [two, b.Not(b.Not(b.constant('bool', [], [1]))), x], (inner, _, cond, carried) => [
      inner.Identity(cond as Value),
      inner.Relu(carried as Value),
      inner.ReduceMax(carried as Value, inner.ints(1), { keepdims: 0 }),
    ])
    // How many iterations were stacked is not known before.
    const [carried, stacked] = b.Loop(two, undefined, [x], { body })
    return [carried as Value, b.ReduceMax(stacked as Value, b.ints(0), { keepdims: 0 })]
  },
  LpNormalization: ofOne('LpNormalization'),
  MatMul: ({ b, input, ones }) => [
    b.MatMul(input([3, 4]), ones(4, 5)),
    b.MatMul(input([3, 4]), ones(4)),
    b.MatMul(ones(2, 3), input([3, 4])),
    b.MatMul(input([1, 3, 4]), ones(6, 4, 5)),
  ],
  MatMulInteger: ({ b, input }) => b.MatMulInteger(input([3], 'uint8'), b.constant('int8', [3, 2], new Int8Array(6))),
  Max: ofMany('Max'),
  MaxPool: ({ b, input }) => [
    b.MaxPool(input([3, 9, 8]), { kernel_shape: [3, 3], strides: [2, 2], pads: [1, 1, 1, 1] }),
    ...b.node(
      'MaxPool',
      [input([3, 9, 8])],
      { kernel_shape: [2, 2], strides: [2, 2], ceil_mode: 1 },
      { outputCount: 2 },
    ),
    b.MaxPool(input([3, 9, 8]), { kernel_shape: [3, 2], dilations: [2, 2] }),
  ],
  Mean: ofMany('Mean'),
  Min: ofMany('Min'),
  Mish: ofOne('Mish'),
  Mod: ({ b, input, ones }) => b.Mod(input([3]), ones(3), { fmod: 1 }),
  Mul: ofTwo('Mul'),
  Neg: ofOne('Neg'),
  NonZero: ({ b, input }) => b.NonZero(input([3])),
  Not: ({ b, input }) => b.Not(b.Greater(input([3]), b.scalar(0))),
  OneHot: ({ b, input }) => [
    b.OneHot(input([3], 'int64'), ints(b, [], 5), b.constant('float32', [2], [0, 1])),
    b.OneHot(input([3], 'int64'), ints(b, [], 5), b.constant('float32', [2], [0, 1]), { axis: 1 }),
  ],
  Or: ofTwoBooleans('Or'),
  PRelu: ({ b, input, ones }) => b.PRelu(input([3, 4]), ones(3, 1)),
  Pad: ({ b, input }) => [
    b.Pad(input([3, 4]), b.ints(0, 1, 2, 0, 0, -1)),
    b.Pad(input([3, 4]), b.ints(1, 2), b.scalar(5), b.ints(-1), { mode: 'constant' }),
  ],
  Pow: ofTwo('Pow'),
  QLinearConv: ({ b, input }) => {
    const zero = b.constant('uint8', [], [0])
    const weights = b.constant('uint8', [2, 1, 3, 3], new Uint8Array(18).fill(1))
    return b.QLinearConv(input([1, 5, 5], 'uint8'), b.scalar(1), zero, weights, b.scalar(1), zero, b.scalar(1), zero, {
      strides: [2, 2],
    })
  },
  QGemm: ({ b, input }) => {
    const zero = b.constant('uint8', [], [0])
    const weights = b.constant('uint8', [5, 3], new Uint8Array(15).fill(1))
    const given = [input([3], 'uint8'), b.scalar(1), zero, weights, b.scalar(1), zero] as const
    const bias = b.constant('int32', [5], [1, 2, 3, 4, 5])
    return [b.QGemm(...given, undefined, { transB: 1 }), b.QGemm(...given, bias, b.scalar(1), zero, { transB: 1 })]
  },
  QLinearAdd: ofTwoQuantized('QLinearAdd'),
  QLinearGlobalAveragePool: ({ b, input }) => {
    const number = [b.scalar(1), b.constant('uint8', [], [0])] as const
    return [0, 1].map(last =>
      b.QLinearGlobalAveragePool(input([3, 4, 5], 'uint8'), ...number, ...number, { channels_last: last }),
    )
  },
  QLinearMul: ofTwoQuantized('QLinearMul'),
  QLinearMatMul: ({ b, input }) => {
    const zero = b.constant('uint8', [], [0])
    const weights = b.constant('uint8', [3, 2], new Uint8Array(6).fill(1))
    return b.QLinearMatMul(input([3], 'uint8'), b.scalar(1), zero, weights, b.scalar(1), zero, b.scalar(1), zero)
  },
  QuantizeLinear: ({ b, input }) => [
    b.QuantizeLinear(input([3]), b.scalar(0.1), b.constant('int8', [], [0])),
    b.QuantizeLinear(input([3]), b.scalar(0.1)),
  ],
  RNN: tools =>
    tools.b.node('RNN', [steps(tools), ...recurrentWeights(tools, 1, 1)], { hidden_size: 5 }, { outputCount: 2 }),
  Range: ({ b, input }) =>
    b.Add(input([4]), b.Cast(b.Range(ints(b, [], 1), ints(b, [], 9), ints(b, [], 2)), { to: 1 })),
  Reciprocal: ofOne('Reciprocal'),
  ReduceL1: reduction('ReduceL1'),
  ReduceL2: reduction('ReduceL2'),
  ReduceLogSum: reduction('ReduceLogSum'),
  ReduceLogSumExp: reduction('ReduceLogSumExp'),
  ReduceMax: reduction('ReduceMax'),
  ReduceMean: reduction('ReduceMean'),
  ReduceMin: reduction('ReduceMin'),
  ReduceProd: reduction('ReduceProd'),
  ReduceSum: reduction('ReduceSum'),
  ReduceSumSquare: reduction('ReduceSumSquare'),
  Relu: ofOne('Relu'),
  Reshape: ({ b, input }) => [
    b.Reshape(input([3, 4]), b.ints(0, 12)),
    b.Reshape(input([3, 4]), b.ints(-1, 6)),
    b.Reshape(input([3, 1, 1]), b.ints(-1, 3)),
    // PyTorch's way to flatten: the batch is read from the shape.
    b.Reshape(
      input([3, 4]),
      b.Concat([b.Unsqueeze(b.Gather(b.Shape(input([3, 4])), ints(b, [], 0)), b.ints(0)), b.ints(-1)], { axis: 0 }),
    ),
  ],
  Resize: ({ b, input }) => [
    b.Resize(input([3, 4, 5]), undefined, b.constant('float32', [4], [1, 1, 2, 1.5])),
    b.Resize(input([3, 4]), undefined, undefined, b.ints(7), { axes: [2] }),
  ],
  Round: ofOne('Round'),
  Scaler: ({ b, input }) => b.Scaler(input([3]), { offset: [1.5], scale: [0.5] }),
  ScatterElements: ({ b, input }) =>
    b.ScatterElements(input([2]), ints(b, [1, 2], 0, 0), b.constant('float32', [1, 2], [5, 6])),
  ScatterND: ({ b, input, ones }) => b.ScatterND(input([3]), ints(b, [1, 1], 0), ones(1, 3)),
  Selu: ofOne('Selu'),
  Shape: ({ b, input }) => [b.Shape(input([3, 4])), b.Shape(input([3, 4]), { start: -2, end: 2 })],
  Sigmoid: ofOne('Sigmoid'),
  Sign: ofOne('Sign'),
  Sin: ofOne('Sin'),
  Size: ({ b, input }) => b.Size(input([3])),
  Slice: ({ b, input }) => [
    b.Slice(input([5, 6]), b.ints(1), b.ints(4), b.ints(1)),
    b.Slice(input([5, 6]), b.ints(-1, 0), b.ints(-(2 ** 31), 100), b.ints(1, -1), b.ints(-2, 4)),
  ],
  Softmax: ofOne('Softmax'),
  SoftmaxCrossEntropyLoss: ({ b, input }) => [
    b.SoftmaxCrossEntropyLoss(input([3]), b.Cast(b.Gather(input([2]), ints(b, [], 0), { axis: 1 }), { to: 7 }), {
      reduction: 'none',
      ignore_index: -1,
    }),
  ],
  Softplus: ofOne('Softplus'),
  Softsign: ofOne('Softsign'),
  SpaceToDepth: ({ b, input }) => b.SpaceToDepth(input([2, 4, 6]), { blocksize: 2 }),
  Split: ({ b, input }) => [
    ...b.Split(input([7, 2]), { axis: 1, num_outputs: 3 }),
    ...b.node('Split', [input([7, 2]), b.ints(3, 4)], { axis: 1 }, { outputCount: 2 }),
  ],
  Sqrt: ofOne('Sqrt'),
  Squeeze: ({ b, input }) => [b.Squeeze(input([1, 3, 1]), b.ints(1)), b.Squeeze(input([1, 3, 1]), b.ints(-1, 1))],
  Sub: ofTwo('Sub'),
  Sum: ofMany('Sum'),
  Tan: ofOne('Tan'),
  Tanh: ofOne('Tanh'),
  ThresholdedRelu: ofOne('ThresholdedRelu'),
  Tile: ({ b, input }) => b.Tile(input([3]), b.ints(1, 4)),
  TopK: ({ b, input }) => b.TopK(input([7]), b.ints(3)),
  Transpose: ({ b, input }) => [b.Transpose(input([3, 4])), b.Transpose(input([3, 4]), { perm: [0, 2, 1] })],
  Trilu: ofOne('Trilu'),
  Unsqueeze: ({ b, input }) => b.Unsqueeze(input([3]), b.ints(0, -1)),
  Where: ({ b, input, ones }) => b.Where(b.Greater(input([3]), b.scalar(0)), ones(3), b.scalar(0)),
  Xor: ofTwoBooleans('Xor'),
}
