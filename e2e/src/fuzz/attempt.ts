import { PareError } from '@pare/core-graph'

/** Something that must never happen, whatever the input: what the fuzzer looks for. */
export class Violation extends Error {}

/**
 * Runs one step on a broken input. It gives a result, or a PareError that says what is wrong and what to do (then the
 * result is undefined); anything else is a violation.
 */
export async function attempt<Result>(step: string, run: () => Result | Promise<Result>): Promise<Result | undefined> {
  try {
    return await run()
  } catch (error) {
    if (!(error instanceof PareError)) throw new Violation(`${step}: ${stackOf(error)}`, { cause: error })
    if (!/^[A-Z]+(_[A-Z0-9]+)+$/.test(error.code) || !error.message || !error.hint)
      throw new Violation(`${step}: the error ${error.code} "${error.message}" lacks a code, a message or a hint`)
    return undefined
  }
}

/** Runs one step that must succeed. */
export async function must<Result>(step: string, run: () => Result | Promise<Result>): Promise<Result> {
  try {
    return await run()
  } catch (error) {
    throw new Violation(`${step}: ${stackOf(error)}`, { cause: error })
  }
}

const stackOf = (error: unknown): string =>
  error instanceof Error ? (error.stack ?? error.message).split('\n').slice(0, 8).join('\n') : String(error)
