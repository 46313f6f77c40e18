import { Compressor, type RunOptions, type RunResult } from '@pare/recipe'
import { type Command, Option } from 'commander'
import { exitCodes } from '../exit-codes.ts'
import { progressDisplay } from '../progress-display.ts'
import { runSummary } from '../run-summary.ts'
import type { CommandContext } from '../terminal.ts'

interface Options {
  readonly output?: string
  readonly resume?: boolean
  readonly allowPlugins?: boolean
  readonly json?: boolean
}

/** `pare run recipe.yaml` */
export function defineRun(command: Command, context: CommandContext): void {
  command
    .argument('<recipe>', 'a recipe, YAML or JSON')
    .option('-o, --output <folder>', "the run's folder (default: runs/<recipe>/<number>)")
    .option('--resume', 'go on with the newest run, or with the one in --output, after its last finished step')
    .addOption(allowPlugins())
    .addHelpText(
      'after',
      '\nExamples:\n  pare run recipes/demo.yaml\n  pare run recipes/demo.yaml --resume\n  pare run recipes/demo.yaml --json | jq .after.metrics.top1',
    )
    .action(async (recipe: string, _: Options, command: Command) => {
      const { json = false, ...options } = command.optsWithGlobals<Options>()
      const compressor = await Compressor.open(recipe, { allowPlugins: options.allowPlugins ?? false })
      showResult(await runCompressor(compressor, { ...options, json }, context), json, context)
    })
}

/** The option of commands that open a recipe. */
export const allowPlugins = () =>
  new Option(
    '--allow-plugins',
    'load the plugins that the recipe names: code of somebody else, which may do what you may',
  )

/** A run's result, and the page that tells of it. */
export interface ReportedResult extends RunResult {
  /** Path of the report; undefined where it could not be written. */
  readonly report: string | undefined
}

/** Runs with a progress display, and writes the report. */
export async function runCompressor(
  compressor: Compressor,
  { json, output, resume }: Pick<RunOptions, 'output' | 'resume'> & { readonly json: boolean },
  context: CommandContext,
): Promise<ReportedResult> {
  const display = progressDisplay(context, json)
  try {
    const result = await compressor.run({
      listener: display.listener,
      signal: context.signal,
      ...(output === undefined ? {} : { output }),
      ...(resume ? { resume } : {}),
    })
    await display.close()
    return { ...result, report: await reportOn(result, context) }
  } catch (error) {
    await display.close(error)
    throw error
  }
}

/** The run is done: what goes wrong with its report is told, and fails nothing. */
async function reportOn({ folder }: RunResult, { warn }: CommandContext): Promise<string | undefined> {
  try {
    // Charts are loaded when they are needed.
    const { writeReport } = await import('@pare/report')
    return await writeReport(folder)
  } catch (error) {
    warn(`There is no report: ${error instanceof Error ? error.message : error}\n`)
    return undefined
  }
}

/** Prints the outcome, and sets the exit code. */
export function showResult(result: ReportedResult, json: boolean, { write, exitWith }: CommandContext): void {
  write(
    json
      ? `${JSON.stringify(result)}\n`
      : `\n${runSummary(result)}${result.report === undefined ? '' : `report  ${result.report}\n`}`,
  )
  if (!result.verdict.accepted) exitWith(exitCodes.notAccepted)
}
