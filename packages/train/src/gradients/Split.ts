import { ModelError } from '@pare/core-graph'
import { defineGradient } from '../gradient.ts'
import { shapeOf } from '../shapes.ts'

/** d input = the d outputs together again; zeros for a part that the loss does not depend on */
export const Split = defineGradient({
  op: 'Split',
  backward: (b, { input, outputs, doutputs }, { axis }) => ({
    input: () => {
      if (outputs?.length !== doutputs.length)
        throw new ModelError({
          code: 'MODEL_GRADIENT',
          message: `A Split of ${input.name} leaves out a part, so that it has no gradient.`,
          hint: 'Give each of its outputs a name.',
        })
      const zeros = (place: number) => b.Expand(b.scalar(0, input.dataType), shapeOf(b, outputs[place] ?? input))
      return b.Concat(
        doutputs.map((gradient, place) => gradient ?? zeros(place)),
        { axis },
      )
    },
  }),
})
