import type { Dimension } from '../graph.ts'
import { attribute, defineOperator, typed } from '../operator.ts'
import { shapeError, shapeText } from './axis.ts'
import { unified } from './dimensions.ts'

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
      const misfit = () => shapeError(node, `reads ${shapeText(shape)} as ${letters || 'nothing'} of ${equation}`)
      if (letters.length !== shape.length) throw misfit()
      for (const [axis, letter] of [...letters].entries()) {
        const [known, size] = [sizes.get(letter) ?? 1, shape[axis] ?? null]
        if (!sizes.has(letter) || known === 1) sizes.set(letter, size)
        else if (size !== 1) sizes.set(letter, unified(sizes.get(letter) ?? null, size, misfit))
      }
    }
    if (terms.length !== Inputs.length || [...(right ?? '')].some(letter => !sizes.has(letter)))
      throw shapeError(node, `has ${Inputs.length} inputs for the equation ${equation}`)
    const once = [...sizes.keys()].filter(letter => left.split(letter).length === 2).sort()
    return {
      Output: typed(
        dataType,
        (right === undefined ? once : [...right]).map(letter => sizes.get(letter) ?? null),
      ),
    }
  },
})
