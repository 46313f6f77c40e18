import { defineQuantizationRule } from '../rule.ts'

/** The greatest of a window keeps its scale. */
export const MaxPool = defineQuantizationRule({
  op: 'MaxPool',
  role: 'follows',
  data: ['X'],
  output: 'shared',
  refuse: ({ node }) => (node.outputs[1] ? 'its second output, the indices, has no int8 form' : undefined),
})
