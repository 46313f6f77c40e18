import { createRequire } from 'node:module'
import { Command, CommanderError } from 'commander'
import { commands } from './commands.ts'
import { exitCodeHelp, exitCodes } from './exit-codes.ts'
import type { CommandContext, Terminal } from './terminal.ts'

const { version } = createRequire(import.meta.url)('../package.json') as { version: string }

/**
 * Runs the `pare` command with the arguments of a command line. Nothing here ends the process.
 * @returns the exit code
 */
export async function pare(args: readonly string[], terminal: Terminal): Promise<number> {
  let code: number = exitCodes.ok
  const context: Terminal = {
    ...terminal,
    write: text => terminal.write(visible(text)),
    warn: text => terminal.warn(visible(text)),
  }
  const program = await createProgram(args, {
    ...context,
    exitWith: other => {
      code = other
    },
  })
  try {
    await program.parseAsync(args, { from: 'user' })
    return code
  } catch (error) {
    if (error instanceof CommanderError && error.exitCode === 0) return exitCodes.ok
    const { report } = await import('./report.ts')
    return report(error, program.opts(), context)
  }
}

/**
 * Control characters as JSON escapes them: names out of a model or a file are printed, and must not move the cursor or
 * set the title of the terminal.
 */
const visible = (text: string): string =>
  text.replace(
    // biome-ignore lint/suspicious/noControlCharactersInRegex: they are what is replaced
    /[\u0000-\u0008\u000b-\u001f\u007f-\u009f]/g,
    character => `\\u${character.charCodeAt(0).toString(16).padStart(4, '0')}`,
  )

async function createProgram(args: readonly string[], context: CommandContext): Promise<Command> {
  const program = new Command('pare')
    .description('Makes ONNX models smaller and faster, locally.')
    .version(version, '-V, --version', 'print the version')
    .option('--json', 'print the result as JSON, and nothing else, to standard output')
    .option('--debug', 'print the stack trace of an error')
    .addHelpText('after', `\n${exitCodeHelp}`)
    .showHelpAfterError('(--help shows what there is)')
    .configureOutput({ writeOut: context.write, writeErr: context.warn })
    .configureHelp({ subcommandTerm: command => command.name(), showGlobalOptions: true })
    .exitOverride()
  // `pare run …` or `pare help run`: only what stands first can be a command.
  const named = args.filter(argument => !argument.startsWith('-')).slice(0, 2)
  for (const { name, description, load } of commands) {
    const command = program.command(name).description(description)
    if (named.includes(name)) (await load())(command, context)
  }
  return program
}
