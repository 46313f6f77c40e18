import { inlineFunctions as inline } from '../inline-functions.ts'
import { definePass } from '../pass.ts'

/** Puts the bodies of the model's functions where they are called, at every level (see `inlineFunctions`). */
export const inlineFunctions = definePass({
  id: 'inline-functions',
  description: 'Replace each call of a function that the model defines by the nodes of the function.',
  requires: [],
  ensures: ['functions-inlined'],
  run: inline,
})
