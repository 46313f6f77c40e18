import { attribute, defineOperator, sameAs, typed } from '../operator.ts'

/** The cross-entropy of scores [N,C,*d] and classes [N,*d]: of each, or reduced to one number (ONNX SoftmaxCrossEntropyLoss) */
export const SoftmaxCrossEntropyLoss = defineOperator({
  op: 'SoftmaxCrossEntropyLoss',
  inputs: ['scores', 'labels', 'weights?'],
  outputs: ['output', 'log_prob?'],
  attributes: { ignore_index: attribute.optional.int(), reduction: attribute.string('mean') },
  infer: ({ scores, labels }, { reduction }) => ({
    output: typed(scores.dataType, reduction === 'none' ? labels.shape : []),
    log_prob: sameAs(scores),
  }),
})
