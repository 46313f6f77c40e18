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
import type { CommandContext, Terminal } from './terminal.ts'

const { version } = createRequire(import.meta.url)('../package.json') as { version: string }

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
