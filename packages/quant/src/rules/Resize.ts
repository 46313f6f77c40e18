import { defineQuantizationRule } from '../rule.ts'

/** Nearest picks values and linear averages them: neither leaves the input's range. */
export const Resize = defineQuantizationRule({
  op: 'Resize',
  role: 'follows',
  data: ['X'],
  output: 'shared',
  refuse: ({ attributes: { mode, coordinate_transformation_mode: coordinates } }) => {
    if (mode === 'cubic') return 'cubic interpolation reaches beyond the range of its input'
    if (coordinates === 'tf_crop_and_resize')
      return 'tf_crop_and_resize fills in a value outside the range of its input'
    return undefined
  },
})
