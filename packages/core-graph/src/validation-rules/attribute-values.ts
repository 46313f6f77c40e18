import { type AttributeProto, AttributeProto_AttributeType as Kind } from 'onnx-buf'
import { dataTypeName } from '../data-type.ts'
import { defineValidationRule } from '../validation/rule.ts'

/** What texts may be, by attribute; by operator too, where the same name has several meanings (ONNX, "Operator Schemas"). */
const texts: Readonly<Record<string, string>> = {
  approximate: 'none tanh',
  auto_pad: 'NOTSET SAME_UPPER SAME_LOWER VALID',
  'BitShift.direction': 'LEFT RIGHT',
  'GRU.direction': 'forward reverse bidirectional',
  'LSTM.direction': 'forward reverse bidirectional',
  'RNN.direction': 'forward reverse bidirectional',
  'DepthToSpace.mode': 'DCR CRD',
  'GridSample.mode': 'bilinear nearest bicubic linear cubic',
  'Pad.mode': 'constant reflect edge wrap',
  'Resize.mode': 'nearest linear cubic',
  'RoiAlign.mode': 'avg max',
  'Upsample.mode': 'nearest linear',
  padding_mode: 'zeros border reflection',
  'Resize.coordinate_transformation_mode':
    'half_pixel half_pixel_symmetric pytorch_half_pixel align_corners asymmetric tf_half_pixel_for_nn tf_crop_and_resize',
  'RoiAlign.coordinate_transformation_mode': 'half_pixel output_half_pixel',
  keep_aspect_ratio_policy: 'stretch not_larger not_smaller',
  nearest_mode: 'round_prefer_floor round_prefer_ceil floor ceil',
  'ScatterElements.reduction': 'none add mul max min',
  'ScatterND.reduction': 'none add mul max min',
  'NegativeLogLikelihoodLoss.reduction': 'none sum mean',
  'SoftmaxCrossEntropyLoss.reduction': 'none sum mean',
}

const choicesOf: ReadonlyMap<string, string> = new Map(Object.entries(texts))

/** Sizes and steps, which are at least 1 each. */
const positive = new Set('kernel_shape strides dilations group blocksize num_groups hidden_size num_outputs'.split(' '))
/** Codes of TensorProto.DataType. */
const typeCodes = new Set(['to', 'dtype', 'output_dtype', 'output_datatype'])

/** Values that no version of the operator allows. */
export const attributeValues = defineValidationRule({
  id: 'attribute-values',
  severity: 'error',
  demands: 'Attributes hold what the operator allows: a known mode, sizes above 0, axes in an order, a known type.',
  *check({ scopes }) {
    for (const { nodes } of scopes)
      for (const { domain, op, name, label, proto } of nodes) {
        if (domain !== '') continue
        for (const attribute of proto.attribute) {
          if (attribute.refAttrName) continue
          const allowed = allowedProblem(op, attribute)
          if (allowed)
            yield {
              message: `${label} has the attribute ${attribute.name}=${valueText(attribute)}.`,
              hint: `It must be ${allowed}.`,
              node: { name, op },
            }
        }
      }
  },
})

/** What the value should be, where it is not. */
function allowedProblem(op: string, attribute: AttributeProto): string | undefined {
  const { name, type, i, ints } = attribute
  if (type === Kind.STRING) {
    const choices = (choicesOf.get(`${op}.${name}`) ?? choicesOf.get(name))?.split(' ')
    const given = utf8.decode(attribute.s)
    return choices && !choices.includes(given) ? `one of: ${choices.join(', ')}` : undefined
  }
  const numbers = type === Kind.INT ? [i] : type === Kind.INTS ? ints : []
  if (positive.has(name) && numbers.some(value => value < 1n)) return 'at least 1'
  if (name === 'pads' && numbers.length % 2 === 1) return 'a begin and an end for each axis'
  if (name === 'perm' && !isPermutation(numbers)) return 'the axes in an order, each once'
  // 0, where it may be, means that the type follows from the inputs.
  if (typeCodes.has(name) && numbers.some(code => !isTypeCode(code, name))) return 'the code of an element type'
  return undefined
}

const utf8 = new TextDecoder()

const isPermutation = (axes: readonly bigint[]) =>
  axes.toSorted((a, b) => Number(a - b)).every((axis, index) => Number(axis) === index)

const isTypeCode = (code: bigint, name: string) =>
  code === 0n ? name === 'output_dtype' : dataTypeName(Number(code)) !== undefined

function valueText({ type, i, ints, s }: AttributeProto): string {
  if (type === Kind.STRING) return JSON.stringify(utf8.decode(s))
  return type === Kind.INT ? String(i) : `[${ints.join(', ')}]`
}
