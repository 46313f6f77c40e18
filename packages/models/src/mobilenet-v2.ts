import type { Value } from '@pare/core-graph'
import { z } from 'zod'
import { channelsOf, createLayers, type Layers } from './layers.ts'
import { commonOptions, defaultStemStride, defineModel, widthOption } from './model.ts'

/** Expansion factor, output channels at width 1, blocks, stride of the first block (table 2 of the paper). */
const stages = [
  [1, 16, 1, 1],
  [6, 24, 2, 2],
  [6, 32, 3, 2],
  [6, 64, 4, 2],
  [6, 96, 3, 1],
  [6, 160, 3, 2],
  [6, 320, 1, 1],
] as const

/** Sandler et al. 2018, "MobileNetV2: Inverted Residuals and Linear Bottlenecks". */
export const mobilenetV2 = defineModel({
  id: 'mobilenet-v2',
  description: 'MobileNetV2: 17 inverted residual blocks; 3.5 M parameters at width 1',
  options: z.strictObject({ width: widthOption, ...commonOptions }),
  create: ({ width, input, classes, stemStride = defaultStemStride(input), seed }) => {
    const layers = createLayers('mobilenet-v2', input, seed)
    const stem = { channels: divisible(32 * width), kernel: 3, stride: stemStride }
    let x = layers.relu6('stem', layers.convBatchNorm('stem', layers.input, stem))
    let number = 1
    for (const [expansion, channels, count, stride] of stages)
      for (let index = 0; index < count; index++)
        x = invertedResidual(layers, `block${number++}`, x, {
          expansion,
          channels: divisible(channels * width),
          stride: index === 0 ? stride : 1,
        })
    // The last layer before the classifier never gets narrower (section 4 of the paper).
    const head = { channels: divisible(1280 * Math.max(1, width)), kernel: 1 }
    return layers.classify(layers.relu6('head', layers.convBatchNorm('head', x, head)), classes)
  },
})

interface Block {
  readonly expansion: number
  readonly channels: number
  readonly stride: number
}

/** Widen (1×1), filter (depthwise 3×3), narrow (1×1, linear), and add the input where the shapes agree. */
function invertedResidual(layers: Layers, name: string, x: Value, { expansion, channels, stride }: Block): Value {
  const { convBatchNorm, relu6 } = layers
  const inputs = channelsOf(x)
  const wide = inputs * expansion
  const expand = `${name}/expand`
  const depthwise = `${name}/depthwise`
  const expanded = expansion === 1 ? x : relu6(expand, convBatchNorm(expand, x, { channels: wide, kernel: 1 }))
  const filter = { channels: wide, kernel: 3, stride, group: wide }
  const filtered = relu6(depthwise, convBatchNorm(depthwise, expanded, filter))
  const y = convBatchNorm(`${name}/project`, filtered, { channels, kernel: 1 })
  return stride === 1 && inputs === channels ? layers.add(name, x, y) : y
}

/** The nearest multiple of 8 that is not more than 10 % smaller, as in the authors' code (`_make_divisible`). */
function divisible(channels: number): number {
  const rounded = Math.max(8, Math.floor((channels + 4) / 8) * 8)
  return rounded < 0.9 * channels ? rounded + 8 : rounded
}
