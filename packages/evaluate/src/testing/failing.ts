import { PareError } from '@pare/core-graph'

/** The PareError that something fails with; anything else fails the test. */
export async function failing(work: () => Promise<unknown>): Promise<PareError> {
  try {
    await work()
  } catch (error) {
    if (error instanceof PareError) return error
    throw error
  }
  throw new Error('It did not fail.')
}
