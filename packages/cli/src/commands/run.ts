import { Compressor, type RunOptions } from '@pare/recipe'
import type { Command } from 'commander'
import { exitCodes } from '../exit-codes.ts'
import type { Terminal } from '../program.ts'
import { progressDisplay } from '../progress-display.ts'
import { runSummary } from '../run-summary.ts'

interface Options {
  readonly output?: string
  readonly resume?: boolean
  readonly json?: boolean
}

/** `pare run recipe.yaml` */
export function addRunCommand(program: Command, terminal: Terminal): void {
  program
    .command('run')
    .argument('<recipe>', 'a recipe, YAML or JSON')
    .description('Compress a model as a recipe says')
    .option('-o, --output <folder>', "the run's folder (default: runs/<recipe>/<number>)")
    .option('--resume', 'go on with the newest run, or with the one in --output, after its last finished step')
    .addHelpText(
      'after',
      '\nExamples:\n  pare run recipes/demo.yaml\n  pare run recipes/demo.yaml --resume\n  pare run recipes/demo.yaml --json | jq .after.metrics.top1',
    )
    .action(async (recipe: string, _: Options, command: Command) => {
      const { json = false, ...options } = command.optsWithGlobals<Options>()
      const compressor = await Compressor.open(recipe)
      await runCompressor(compressor, { ...options, json }, terminal)
    })
}

/** Runs with a progress display, prints the outcome, and sets the exit code. */
export async function runCompressor(
  compressor: Compressor,
  options: Pick<RunOptions, 'output' | 'resume'> & { readonly json: boolean },
  terminal: Terminal,
) {
  const { json, output, resume } = options
  const display = progressDisplay(terminal.warn, json)
  try {
    const result = await compressor.run({
      listener: display.listener,
      signal: terminal.signal,
      ...(output === undefined ? {} : { output }),
      ...(resume ? { resume } : {}),
    })
    await display.close()
    terminal.write(json ? `${JSON.stringify(result)}\n` : `\n${runSummary(result)}`)
    if (!result.verdict.accepted) process.exitCode = exitCodes.notAccepted
    return result
  } catch (error) {
    await display.close(error)
    throw error
  }
}
