import { expect, test } from 'vitest'
import { DataError, ModelError, RecipeError, RunError } from './errors.ts'
import { receivedError, sentError } from './sent-error.ts'

test.each([
  new DataError({ code: 'DATA_A', message: 'a' }),
  new ModelError({ code: 'MODEL_B', message: 'b', hint: 'do', node: { name: 'n', op: 'Conv' } }),
  new RecipeError({ code: 'RECIPE_C', message: 'c', hint: 'do' }),
  new RunError({ code: 'RUN_D', message: 'd', cause: () => 'what cannot be cloned' }),
])('$name arrives as it was', error => {
  const sent = sentError(error)
  const received = sent && receivedError(structuredClone(sent))
  expect(received).toBeInstanceOf(error.constructor)
  expect(received).toMatchObject({ code: error.code, message: error.message, hint: error.hint, node: error.node })
})

test('other errors are not sent so', () => {
  expect(sentError(new TypeError('bug'))).toBeUndefined()
})
