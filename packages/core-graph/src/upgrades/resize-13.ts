import { attribute, readAttributes } from '../operator.ts'
import { defineUpgrade, refuse } from '../opset/upgrade.ts'

/**
 * `tf_half_pixel_for_nn` (x_in = (x_out + ½) / scale) was dropped. The element below it is the one nearest to
 * `half_pixel`'s x_in, which is ½ less: ⌊a⌋ = ⌊(a − ½) + ½⌋.
 */
export const resize13 = defineUpgrade({
  id: 'resize-13',
  ops: ['Resize'],
  version: 13,
  rewrite: node => {
    const {
      coordinate_transformation_mode: coordinates,
      mode,
      nearest_mode: rounding,
    } = readAttributes(node, {
      coordinate_transformation_mode: attribute.string('half_pixel'),
      mode: attribute.string('nearest'),
      nearest_mode: attribute.string('round_prefer_floor'),
    })
    if (coordinates !== 'tf_half_pixel_for_nn') return [node]
    if (mode !== 'nearest' || rounding !== 'floor')
      return refuse('its coordinates tf_half_pixel_for_nn exist no more, and only their floor has another name')
    const changed = { coordinate_transformation_mode: 'half_pixel', nearest_mode: 'round_prefer_ceil' }
    const attributes = Object.entries(changed).map(([name, value]) => [name, { kind: 'string', value } as const])
    return [{ ...node, attributes: { ...node.attributes, ...Object.fromEntries(attributes) } }]
  },
})
