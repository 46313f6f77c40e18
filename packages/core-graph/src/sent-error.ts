import { DataError, ModelError, type PareError, type PareErrorDetails, RecipeError, RunError } from './errors.ts'

const classes = { DataError, ModelError, RecipeError, RunError }

/** A PareError on its way between threads: structured cloning would lose its class and fields. */
export interface SentError extends Omit<PareErrorDetails, 'cause'> {
  readonly name: keyof typeof classes
}

/** What to send of an error; undefined for one that is none of Pare's, which structured cloning keeps well enough. */
export function sentError(error: unknown): SentError | undefined {
  for (const name of Object.keys(classes) as (keyof typeof classes)[])
    if (error instanceof classes[name]) {
      const { code, message, hint, node } = error
      return { name, code, message, ...(hint !== undefined && { hint }), ...(node && { node }) }
    }
  return undefined
}

/** The error that was sent, of the same class. */
export const receivedError = ({ name, ...details }: SentError): PareError => new classes[name](details)
