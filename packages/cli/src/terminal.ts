/** What a command has of the world around it. */
export interface Terminal {
  /** Aborts at Ctrl-C. */
  readonly signal: AbortSignal
  /** Whether a person watches, so that progress can be drawn. */
  readonly isInteractive: boolean
  /** Results. */
  readonly write: (text: string) => void
  /** Progress, notes and errors. */
  readonly warn: (text: string) => void
}

/** What a command works with. */
export interface CommandContext extends Terminal {
  /** The exit code of a command that ends without an error, where it is not 0. */
  readonly exitWith: (code: number) => void
}
