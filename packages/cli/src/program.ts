import { createRequire } from 'node:module'
import { Command } from 'commander'
import { addCreateCommand } from './commands/create.ts'
import { addDataCommand } from './commands/data.ts'
import { addEvaluateCommand } from './commands/evaluate.ts'
import { addInspectCommand } from './commands/inspect.ts'
import { addQuantizeCommand } from './commands/quantize.ts'
import { addRecipeCommand } from './commands/recipe.ts'
import { addRunCommand } from './commands/run.ts'
import { exitCodeHelp, exitCodes } from './exit-codes.ts'
import { report } from './report.ts'

const { version } = createRequire(import.meta.url)('../package.json') as { version: string }

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

/**
 * Runs the `pare` command with the arguments of a command line. Nothing here ends the process.
 * @returns the exit code
 */
export async function pare(args: readonly string[], terminal: Terminal): Promise<number> {
  let code: number = exitCodes.ok
  const program = createProgram({
    ...terminal,
    exitWith: other => {
      code = other
    },
  })
  try {
    await program.parseAsync(args, { from: 'user' })
    return code
  } catch (error) {
    return report(error, program.opts(), terminal)
  }
}

function createProgram(context: CommandContext): Command {
  const program = new Command('pare')
    .description('Makes ONNX models smaller and faster, locally.')
    .version(version, '-V, --version', 'print the version')
    .option('--json', 'print the result as JSON, and nothing else, to standard output')
    .option('--debug', 'print the stack trace of an error')
    .addHelpText('after', `\n${exitCodeHelp}`)
    .showHelpAfterError('(--help shows what there is)')
    .configureOutput({ writeOut: context.write, writeErr: context.warn })
    .exitOverride()
  for (const add of [
    addRunCommand,
    addInspectCommand,
    addQuantizeCommand,
    addEvaluateCommand,
    addCreateCommand,
    addDataCommand,
    addRecipeCommand,
  ])
    add(program, context)
  return program
}
