import type { Value } from '@pare/core-graph'
import { z } from 'zod'
import { channelsOf, createLayers, type Layers } from './layers.ts'
import { commonOptions, defaultStemStride, defineModel, widthOption } from './model.ts'

interface Plan {
  /** Channels of the 3×3 convolutions in each stage at width 1. */
  readonly channels: readonly number[]
  /** Blocks in each stage. */
  readonly blocks: readonly number[]
  /** Blocks of 1×1, 3×3 and a widening 1×1, instead of two 3×3. */
  readonly bottleneck: boolean
}

/** For small images: three stages of (depth − 2) / 6 blocks (section 4.2 of the paper). */
const small = (depth: number): Plan => ({
  channels: [16, 32, 64],
  blocks: Array<number>(3).fill((depth - 2) / 6),
  bottleneck: false,
})

/** For photographs: four stages (table 1 of the paper). */
const large = (blocks: readonly number[], bottleneck: boolean): Plan => ({
  channels: [64, 128, 256, 512],
  blocks,
  bottleneck,
})

const plans = {
  8: small(8),
  14: small(14),
  20: small(20),
  32: small(32),
  44: small(44),
  18: large([2, 2, 2, 2], false),
  34: large([3, 4, 6, 3], false),
  50: large([3, 4, 6, 3], true),
} as const

/**
 * He et al. 2016, "Deep Residual Learning for Image Recognition".
 * Depths 8, 14, 20, 32 and 44 are the paper's networks for small images (three stages of 16, 32, 64 channels, a 3×3
 * stem); 18, 34 and 50 those for photographs (four stages of 64 to 512). With a stem of stride 2 the stem is the
 * paper's 7×7 and a max pooling follows; with stride 1 it is 3×3 without pooling. Where shapes differ the shortcut
 * is a 1×1 convolution (option B); the stride of a bottleneck is on its 3×3, as in torchvision ("ResNet v1.5").
 */
export const resnet = defineModel({
  id: 'resnet',
  description: 'ResNet: residual blocks; depths 8 to 44 for small images, 18, 34 and 50 for photographs',
  options: z.strictObject({
    depth: z.literal([8, 14, 18, 20, 32, 34, 44, 50]).default(18).describe('Number of layers with weights'),
    width: widthOption,
    ...commonOptions,
  }),
  create: ({ depth, width, input, classes, stemStride = defaultStemStride(input), seed }) => {
    const plan = plans[depth]
    const layers = createLayers(`resnet-${depth}`, input, seed)
    const channelsOfStage = plan.channels.map(channels => Math.max(8, Math.trunc(channels * width)))
    const stem = { channels: channelsOfStage[0] ?? 8, kernel: stemStride === 1 ? 3 : 7, stride: stemStride }
    let x = layers.relu('stem', layers.convBatchNorm('stem', layers.input, stem))
    if (stemStride === 2) x = layers.maxPool('stem', x)
    for (const [stage, channels] of channelsOfStage.entries())
      for (let index = 0; index < (plan.blocks[stage] ?? 0); index++)
        x = residual(layers, `stage${stage + 1}/block${index + 1}`, x, {
          channels,
          stride: stage > 0 && index === 0 ? 2 : 1,
          bottleneck: plan.bottleneck,
        })
    return layers.classify(x, classes)
  },
})

interface Block {
  readonly channels: number
  readonly stride: number
  readonly bottleneck: boolean
}

function residual(layers: Layers, name: string, x: Value, { channels, stride, bottleneck }: Block): Value {
  const { convBatchNorm, relu } = layers
  const conv = (number: number, from: Value, kernel: number, step: number, outputs = channels) =>
    convBatchNorm(`${name}/conv${number}`, from, { channels: outputs, kernel, stride: step })
  const activated = (number: number, y: Value) => relu(`${name}/conv${number}`, y)
  const outputs = bottleneck ? 4 * channels : channels
  const y = bottleneck
    ? conv(3, activated(2, conv(2, activated(1, conv(1, x, 1, 1)), 3, stride)), 1, 1, outputs)
    : conv(2, activated(1, conv(1, x, 3, stride)), 3, 1)
  const same = stride === 1 && channelsOf(x) === outputs
  const shortcut = same ? x : convBatchNorm(`${name}/shortcut`, x, { channels: outputs, kernel: 1, stride })
  return relu(name, layers.add(name, y, shortcut))
}
