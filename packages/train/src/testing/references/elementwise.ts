import { map } from '../nd.ts'
import { type Attributes, defineReference, input, type ReferenceCase } from '../reference.ts'

/**
 * One input, element by element; of values from −4 to 4.
 * @param variants attributes of further cases
 */
export const defineElementwise = (
  op: string,
  name: 'X' | 'input',
  apply: (x: number, attributes: Attributes) => number,
  variants: readonly ReferenceCase['attributes'][] = [],
) =>
  defineReference({
    op,
    cases: [{}, ...variants].map(attributes => ({
      name: `element-wise ${JSON.stringify(attributes)}`,
      inputs: { [name]: [8, 10] },
      attributes: { ...attributes },
    })),
    forward: (inputs, attributes) => map(input(inputs, name), x => apply(x, attributes)),
  })
