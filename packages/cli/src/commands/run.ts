import { Compressor, type RunOptions, type RunResult } from '@pare/recipe'
import type { Command } from 'commander'
import { exitCodes } from '../exit-codes.ts'
import { progressDisplay } from '../progress-display.ts'
import { runSummary } from '../run-summary.ts'
import type { CommandContext } from '../terminal.ts'

interface Options {
  readonly output?: string
  readonly resume?: boolean
  readonly json?: boolean
}

/** `pare run recipe.yaml` */
export function defineRun(command: Command, context: CommandContext): void {
  command
    .argument('<recipe>', 'a recipe, YAML or JSON')
    .option('-o, --output <folder>', "the run's folder (default: runs/<recipe>/<number>)")
    .option('--resume', 'go on with the newest run, or with the one in --output, after its last finished step')
    .addHelpText(
      'after',
      '\nExamples:\n  pare run recipes/demo.yaml\n  pare run recipes/demo.yaml --resume\n  pare run recipes/demo.yaml --json | jq .after.metrics.top1',
    )
    .action(async (recipe: string, _: Options, command: Command) => {
      const { json = false, ...options } = command.optsWithGlobals<Options>()
      const compressor = await Compressor.open(recipe)
      showResult(await runCompressor(compressor, { ...options, json }, context), json, context)
    })
}

/** Runs with a progress display. */
export async function runCompressor(
  compressor: Compressor,
  { json, output, resume }: Pick<RunOptions, 'output' | 'resume'> & { readonly json: boolean },
  context: CommandContext,
): Promise<RunResult> {
  const display = progressDisplay(context, json)
  try {
    const result = await compressor.run({
      listener: display.listener,
      signal: context.signal,
      ...(output === undefined ? {} : { output }),
      ...(resume ? { resume } : {}),
    })
    await display.close()
    return result
  } catch (error) {
    await display.close(error)
    throw error
  }
}

/** Prints the outcome, and sets the exit code. */
export function showResult(result: RunResult, json: boolean, { write, exitWith }: CommandContext): void {
  write(json ? `${JSON.stringify(result)}\n` : `\n${runSummary(result)}`)
  if (!result.verdict.accepted) exitWith(exitCodes.notAccepted)
}
