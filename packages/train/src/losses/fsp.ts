import { ModelError, type Value } from '@pare/core-graph'
import type { Expressions } from '../expression.ts'
import { checkSameShape, defineLoss } from '../loss.ts'
import { sizesOf } from '../shapes.ts'

/**
 * L = mean (G(student) − G(teacher))² with G = 1/(H·W) Σ F₁·F₂ᵀ over the pixels, the flow of the solution procedure from
 * one layer to a later one (Yim et al. 2017, "A Gift from Knowledge Distillation", equations 1 and 2).
 * F₁:[N,M,H,W], F₂:[N,K,H,W], G:[N,M,K]: H and W agree within a pair, M and K between student and teacher → []
 */
export const fsp = defineLoss({
  id: 'fsp',
  description: "How a model's features change from one layer to another, against how a teacher's do",
  inputs: { studentFrom: 'named', studentTo: 'named', teacherFrom: 'named', teacherTo: 'named' },
  options: {},
  build: (ops, { studentFrom, studentTo, teacherFrom, teacherTo }) => {
    const student = flow(ops, studentFrom, studentTo)
    const teacher = flow(ops, teacherFrom, teacherTo)
    checkSameShape(student, teacher)
    return ops.mean(ops.square(ops.sub(student, teacher)))
  },
})

function flow(ops: Expressions, from: Value, to: Value): Value {
  const [, , height = 1, width = 1] = imageSizes(from)
  const [, , ...size] = imageSizes(to)
  if (`${size}` !== `${[height, width]}`)
    throw new ModelError({
      code: 'MODEL_TRAIN',
      message: `The loss fsp takes two layers of one size, but ${from.name} has ${height}×${width} pixels and ${to.name} ${size.join('×')}.`,
      hint: 'Name two layers between which no stride or pooling is.',
    })
  const rows = (features: Value) => ops.reshape(features, [0, 0, -1])
  return ops.div(ops.matmul(rows(from), ops.transpose(rows(to))), height * width)
}

function imageSizes(features: Value): readonly number[] {
  const sizes = sizesOf(features)
  if (sizes.length === 4) return sizes
  throw new ModelError({
    code: 'MODEL_TRAIN',
    message: `The loss fsp takes feature maps [N, C, H, W], but ${features.name} is [${sizes}].`,
    hint: 'Name outputs of convolutional layers in the loss term.',
  })
}
