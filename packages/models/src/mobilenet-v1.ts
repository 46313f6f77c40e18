import { z } from 'zod'
import { channelsOf, createLayers } from './layers.ts'
import { commonOptions, defaultStemStride, defineModel, widthOption } from './model.ts'

/** Output channels at width 1 and stride of each depthwise separable block (table 1 of the paper). */
const blocks = [
  [64, 1],
  [128, 2],
  [128, 1],
  [256, 2],
  [256, 1],
  [512, 2],
  ...Array.from({ length: 5 }, () => [512, 1] as const),
  [1024, 2],
  [1024, 1],
] as const

/** Howard et al. 2017, "MobileNets: Efficient Convolutional Neural Networks for Mobile Vision Applications". */
export const mobilenetV1 = defineModel({
  id: 'mobilenet-v1',
  description: 'MobileNetV1: 13 depthwise separable convolutions; 4.2 M parameters at width 1',
  options: z.strictObject({ width: widthOption, ...commonOptions }),
  create: ({ width, input, classes, stemStride = defaultStemStride(input), seed }) => {
    const scaled = (channels: number) => Math.max(8, Math.trunc(channels * width))
    const layers = createLayers('mobilenet-v1', input, seed)
    const { convBatchNorm, relu } = layers
    let x = relu('stem', convBatchNorm('stem', layers.input, { channels: scaled(32), kernel: 3, stride: stemStride }))
    for (const [index, [channels, stride]] of blocks.entries()) {
      const depthwise = `block${index + 1}/depthwise`
      const pointwise = `block${index + 1}/pointwise`
      const group = channelsOf(x)
      x = relu(depthwise, convBatchNorm(depthwise, x, { channels: group, kernel: 3, stride, group }))
      x = relu(pointwise, convBatchNorm(pointwise, x, { channels: scaled(channels), kernel: 1 }))
    }
    return layers.classify(x, classes)
  },
})
