import { defineGradient } from '../gradient.ts'

/** d data_0[i] = dmean / n, for n inputs */
export const Mean = defineGradient({
  op: 'Mean',
  backward: (b, { data_0, dmean }) => ({
    data_0: () => b.Div(dmean, b.scalar(data_0.length, dmean.dataType)),
  }),
})
