import { attribute, defineOperator, typed } from '../operator.ts'

/** [N,C,H,W] → [N,C·b²,H/b,W/b], b the block size (ONNX SpaceToDepth) */
export const SpaceToDepth = defineOperator({
  op: 'SpaceToDepth',
  inputs: ['input'],
  outputs: ['output'],
  attributes: { blocksize: attribute.required.int() },
  infer: ({ input: { shape, dataType } }, { blocksize: block }) => ({
    output: typed(
      dataType,
      shape?.map((size, axis) => {
        if (axis === 0 || typeof size !== 'number') return size === null || axis === 0 ? size : null
        return axis === 1 ? size * block ** 2 : size / block
      }),
    ),
  }),
})
