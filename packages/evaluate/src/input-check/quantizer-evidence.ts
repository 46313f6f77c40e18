import { graphIndex, tensorNumbers } from '@pare/core-graph'
import { figure, type InputContext, type Judgement } from './evidence.ts'

/** Samples that use less than this share of the range, or go beyond it by more than its width, are of another kind. */
const leastShare = 0.2

/**
 * Holds the samples against the range of the QuantizeLinear at the model's input, which calibration chose.
 * @returns undefined where there is none
 */
export function quantizerEvidence({ graph, input, statistics }: InputContext): Judgement | undefined {
  const { users } = graphIndex(graph)
  const node = users.get(input)?.find(({ op, inputs }) => op === 'QuantizeLinear' && inputs[0] === input)
  const [, scaleName = '', zeroPointName = ''] = node?.inputs ?? []
  const [scaleTensor, zeroPointTensor] = [graph.initializers.get(scaleName), graph.initializers.get(zeroPointName)]
  const scales = scaleTensor ? tensorNumbers(scaleTensor) : []
  const [scale] = scales
  const isByte = zeroPointTensor?.dataType === 'uint8' || zeroPointTensor?.dataType === 'int8'
  if (scale === undefined || scales.length > 1 || !zeroPointTensor || !isByte) return undefined
  const [zeroPoint = 0] = tensorNumbers(zeroPointTensor)
  const least = zeroPointTensor.dataType === 'uint8' ? 0 : -128
  const [low, high] = [scale * (least - zeroPoint), scale * (least + 255 - zeroPoint)]
  const width = high - low
  const isBeyond = statistics.high > high + width || statistics.low < low - width
  const isWithin = statistics.high - statistics.low < leastShare * width
  if (!isBeyond && !isWithin) return { warning: undefined }
  return {
    warning: `The samples are not what the model was quantized for: their values lie between ${figure(statistics.low)} and ${figure(statistics.high)}, but its quantizer (input ${input}) takes ${figure(low)} to ${figure(high)}. Look at the preprocessing: range, mean and std must be those of the calibration.`,
  }
}
