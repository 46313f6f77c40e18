/**
 * What became of ONNX's own operators between operator sets 7 and 21 (onnx/docs/Changelog.md), as far as no rule in
 * `upgrades/` rewrites it. Sets 22 to 25 changed no meaning: more element types, new operators (Attention,
 * RMSNormalization, RotaryEmbedding, Swish, TensorScatter: without a shape rule here), and attributes that do nothing by
 * default: round_mode of Cast and CastLike, precision of QuantizeLinear, output_dtype of DequantizeLinear. An operator that is in neither is not known to be safe, and stops an upgrade.
 */

/**
 * Operators whose changes, where there were any, keep what an older node means: more element types, negative axes,
 * new attributes and inputs whose defaults do what was done before. Changes that a rule rewrites come on top.
 */
export const compatibleChanges: ReadonlySet<string> = new Set(
  `
  Abs Acos Acosh Add AffineGrid And ArgMax ArgMin Asin Asinh Atan Atanh AveragePool BatchNormalization Bernoulli BitShift
  BitwiseAnd BitwiseNot BitwiseOr BitwiseXor BlackmanWindow Cast CastLike Ceil Celu CenterCropPad Clip Col2Im Compress
  Concat ConcatFromSequence Constant ConstantOfShape Conv ConvInteger ConvTranspose Cos Cosh CumSum DFT DeformConv
  DepthToSpace DequantizeLinear Det Div Dropout DynamicQuantizeLinear Einsum Elu Equal Erf Exp Expand EyeLike Flatten
  Floor GRU Gather GatherElements GatherND Gelu Gemm GlobalAveragePool GlobalLpPool GlobalMaxPool Greater GreaterOrEqual
  GridSample GroupNormalization HammingWindow HannWindow HardSigmoid HardSwish Hardmax Identity If ImageDecoder
  InstanceNormalization IsInf IsNaN LRN LSTM LayerNormalization LeakyRelu Less LessOrEqual Log LogSoftmax Loop
  LpNormalization LpPool MatMul MatMulInteger Max MaxPool MaxRoiPool MaxUnpool Mean MeanVarianceNormalization
  MelWeightMatrix Min Mish Mod Mul Multinomial Neg NegativeLogLikelihoodLoss NonMaxSuppression NonZero Not OneHot Optional
  OptionalGetElement OptionalHasElement Or PRelu Pad Pow QLinearConv QLinearMatMul QuantizeLinear RNN RandomNormal
  RandomNormalLike RandomUniform RandomUniformLike Range Reciprocal ReduceL1 ReduceL2 ReduceLogSum ReduceLogSumExp
  ReduceMax ReduceMean ReduceMin ReduceProd ReduceSum ReduceSumSquare RegexFullMatch Relu Reshape Resize ReverseSequence
  RoiAlign Round STFT Scan Scatter ScatterElements ScatterND Selu SequenceAt SequenceConstruct SequenceEmpty SequenceErase
  SequenceInsert SequenceLength SequenceMap Shape Shrink Sigmoid Sign Sin Sinh Size Slice Softmax
  SoftmaxCrossEntropyLoss Softplus Softsign SpaceToDepth Split SplitToSequence Sqrt Squeeze StringConcat StringNormalizer
  StringSplit Sub Sum Tan Tanh TfIdfVectorizer ThresholdedRelu Tile TopK Transpose Trilu Unique Unsqueeze Where Xor
  `
    .trim()
    .split(/\s+/),
)

/** Changes of meaning that no rule rewrites: the version that made them, and what they are. */
export const refusedChanges: ReadonlyMap<string, { readonly version: number; readonly reason: string }> = new Map([
  ['Scan', { version: 9, reason: 'it lost its batch axis and its sequence lengths' }],
  ['DFT', { version: 20, reason: 'its axis became an input with another default' }],
])
