import { resolve } from 'node:path'
import { writeReport } from '@pare/report'
import type { Command } from 'commander'
import type { CommandContext } from '../terminal.ts'

interface Options {
  readonly output?: string
  readonly json?: boolean
}

/** `pare report runs/demo/1` */
export function defineReport(command: Command, { write }: CommandContext): void {
  command
    .argument('<run>', 'the folder of a finished run')
    .option('-o, --output <file>', "default: report.html in the run's folder")
    .addHelpText('after', '\nExamples:\n  pare report runs/demo/1\n  pare report runs/demo/1 -o demo.html')
    .action(async (run: string, _: unknown, command: Command) => {
      const { output, json } = command.optsWithGlobals<Options>()
      const report = await writeReport(resolve(run), output === undefined ? {} : { output: resolve(output) })
      write(json ? `${JSON.stringify({ report })}\n` : `${report}\n`)
    })
}
