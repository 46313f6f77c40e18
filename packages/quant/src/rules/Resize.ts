import { defineQuantizationRule } from '../rule.ts'

/** Nearest picks values and linear averages them: neither leaves the input's range. */
export const Resize = defineQuantizationRule({
  op: 'Resize',
  role: 'follows',
  data: ['X'],
  output: 'shared',
  refuse: ({ attributes: { mode } }) =>
    mode === 'cubic' ? 'cubic interpolation reaches beyond the range of its input' : undefined,
})
