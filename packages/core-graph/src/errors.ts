/** What went wrong, where, and what to do about it. */
export interface PareErrorDetails {
  /** Stable and machine-readable, such as `MODEL_TRUNCATED`. */
  readonly code: string
  /** What happened and where, in one sentence. */
  readonly message: string
  /** What the user can do next. */
  readonly hint?: string
  /** Name and operator of the node concerned. */
  readonly node?: { readonly name: string; readonly op: string }
  readonly cause?: unknown
}

/**
 * The error of everything that a user can cause or mend: shown without a stack trace.
 * Any other error that reaches a user is a bug in Pare.
 */
export class PareError extends Error {
  readonly code: string
  readonly hint: string | undefined
  readonly node: { readonly name: string; readonly op: string } | undefined

  constructor(details: PareErrorDetails) {
    super(details.message, details.cause === undefined ? undefined : { cause: details.cause })
    this.name = new.target.name
    this.code = details.code
    this.hint = details.hint
    this.node = details.node
  }
}

/** A model that cannot be read, is invalid, or holds what Pare cannot handle. Codes `MODEL_…`. */
export class ModelError extends PareError {}

/** Data that cannot be read, or labels and images that do not fit. Codes `DATA_…`. */
export class DataError extends PareError {}

/** A recipe that does not say what it must, or says what it must not. Codes `RECIPE_…`. */
export class RecipeError extends PareError {}

/** A run that could not be carried out: a runtime's failure, a full disk, a locked folder. Codes `RUN_…`. */
export class RunError extends PareError {}
