import { createRequire } from 'node:module'
import { Command } from 'commander'
import { addCreateCommand } from './commands/create.ts'
import { addDataCommand } from './commands/data.ts'
import { addEvaluateCommand } from './commands/evaluate.ts'
import { addInspectCommand } from './commands/inspect.ts'
import { addQuantizeCommand } from './commands/quantize.ts'
import { addRecipeCommand } from './commands/recipe.ts'
import { addRunCommand } from './commands/run.ts'
import { exitCodeHelp } from './exit-codes.ts'

const { version } = createRequire(import.meta.url)('../package.json') as { version: string }

/** What a command has of the world around it. */
export interface Terminal {
  /** Aborts at Ctrl-C. */
  readonly signal: AbortSignal
  /** Results. */
  readonly write: (text: string) => void
  /** Progress, notes and errors. */
  readonly warn: (text: string) => void
}

/** The `pare` command. Errors are thrown, not printed, and nothing here ends the process. */
export function createProgram(terminal: Terminal): Command {
  const program = new Command('pare')
    .description('Makes ONNX models smaller and faster, locally.')
    .version(version, '-V, --version', 'print the version')
    .option('--json', 'print the result as JSON, and nothing else, to standard output')
    .option('--debug', 'print the stack trace of an error')
    .addHelpText('after', `\n${exitCodeHelp}`)
    .showHelpAfterError('(--help shows what there is)')
    .configureOutput({ writeOut: terminal.write, writeErr: terminal.warn })
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
    add(program, terminal)
  return program
}
