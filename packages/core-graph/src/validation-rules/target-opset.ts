import { defineValidationRule } from '../validation/rule.ts'

/** A runtime reads operator sets up to the newest that it was built with. */
export const targetOpset = defineValidationRule({
  id: 'target-opset',
  severity: 'error',
  demands: 'The operator set is not newer than the target reads.',
  *check({ scopes, target }) {
    const version = scopes[0]?.opsets.get('')
    if (target && version !== undefined && version > target.newestOpset)
      yield {
        message: `The model is of operator set ${version}; ${target.id} reads up to ${target.newestOpset}.`,
        hint: `Export the model with operator set ${target.newestOpset} or older.`,
      }
  },
})
