import { defineUpgrade } from '../opset/upgrade.ts'

/** Coordinates are shifted by half a pixel unless `coordinate_transformation_mode` says not: it now says not. */
export const roiAlign16 = defineUpgrade({
  id: 'roi-align-16',
  ops: ['RoiAlign'],
  version: 16,
  rewrite: node => [
    {
      ...node,
      attributes: {
        ...node.attributes,
        coordinate_transformation_mode: { kind: 'string', value: 'output_half_pixel' },
      },
    },
  ],
})
