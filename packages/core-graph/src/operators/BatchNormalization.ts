import { attribute, defineOperator, sameAs, typed } from '../operator.ts'

/** Y = scale·(X − mean)/√(var + ε) + B; X:[N,C,*s], others [C]; statistics of the batch in training (ONNX BatchNormalization) */
export const BatchNormalization = defineOperator({
  op: 'BatchNormalization',
  inputs: ['X', 'scale', 'B', 'input_mean', 'input_var'],
  outputs: ['Y', 'running_mean?', 'running_var?'],
  attributes: { epsilon: attribute.float(1e-5), momentum: attribute.float(0.9), training_mode: attribute.int(0) },
  infer: ({ X, input_mean: mean, input_var: variance }, { training_mode: training }) =>
    training
      ? { Y: sameAs(X), running_mean: sameAs(mean), running_var: sameAs(variance) }
      : { Y: typed(X.dataType, X.shape) },
})
