import type { Dimension } from '../graph.ts'
import { attribute, defineOperator, typed } from '../operator.ts'
import { shapeError } from './axis.ts'

/** Sums of products by Einstein's convention, `ij,jk->ik`; without an ellipsis here (ONNX Einsum) */
export const Einsum = defineOperator({
  op: 'Einsum',
  inputs: ['Inputs...'],
  outputs: ['Output'],
  attributes: { equation: attribute.required.string() },
  infer: ({ Inputs }, { equation }, { node }) => {
    const dataType = Inputs[0]?.dataType ?? 'undefined'
    const [left = '', right] = equation.replaceAll(' ', '').split('->')
    const terms = left.split(',')
    if (equation.includes('.') || Inputs.some(({ shape }) => !shape)) return { Output: typed(dataType, undefined) }
    const sizes = new Map<string, Dimension>()
    for (const [index, { shape = [] }] of Inputs.entries()) {
      const letters = terms[index] ?? ''
      if (letters.length !== shape.length) throw shapeError(node, `reads [${shape}] as ${letters || 'nothing'}`)
      for (const [axis, letter] of [...letters].entries()) {
        const known = sizes.get(letter)
        if (known === undefined || known === null || known === 1) sizes.set(letter, shape[axis] ?? null)
      }
    }
    const once = [...sizes.keys()].filter(letter => left.split(letter).length === 2).sort()
    return {
      Output: typed(
        dataType,
        (right === undefined ? once : [...right]).map(letter => sizes.get(letter) ?? null),
      ),
    }
  },
})
