import type { AttributeSpecs, AttributeValues, InputValues, Operator } from '../operator.ts'
import type { Tensor } from '../tensor.ts'

/** Computes an operator's result from constant inputs, in TypeScript: exactly what a runtime would compute. */
export interface Evaluator<Inputs extends readonly string[], Attributes extends AttributeSpecs> {
  readonly op: string
  /** Undefined where the result is not certain to be a runtime's own: an element type, a division by zero. */
  readonly evaluate: (
    inputs: InputValues<Inputs, Tensor>,
    attributes: AttributeValues<Attributes>,
  ) => Tensor | undefined
}

/** The registry's view of an evaluator, whichever it is. */
export interface AnyEvaluator {
  readonly op: string
  evaluate(inputs: never, attributes: never): Tensor | undefined
}

/** An evaluator of the given operator, whose record says how inputs and attributes are called and typed. */
export const defineEvaluator = <Inputs extends readonly string[], Attributes extends AttributeSpecs>(
  operator: Operator<string, Inputs, readonly string[], Attributes>,
  evaluate: Evaluator<Inputs, Attributes>['evaluate'],
): Evaluator<Inputs, Attributes> => Object.freeze({ op: operator.op, evaluate })
