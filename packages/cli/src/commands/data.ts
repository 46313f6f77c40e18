import { resolve } from 'node:path'
import { datasetNames, datasetOf, fetchDataset } from '@pare/data'
import type { Command } from 'commander'
import { datasetFolder } from '../model-data.ts'
import { progressLines } from '../progress-display.ts'
import { tableText } from '../table.ts'
import type { CommandContext } from '../terminal.ts'

/** `pare data fetch`, `pare data list` */
export function defineData(data: Command, { signal, write, warn }: CommandContext): void {
  data
    .command('fetch')
    .argument('<name>', `one of: ${datasetNames.join(', ')}`)
    .option('--to <folder>', 'where to (default: .pare/datasets/<name>)')
    .description('Fetch a data set; what is there already is not fetched again')
    .addHelpText('after', '\nExample:\n  pare data fetch fashion-mnist')
    .action(async (name: string, options: { to?: string }, command: Command) => {
      const { json } = command.optsWithGlobals<{ json?: boolean }>()
      const folder = options.to === undefined ? datasetFolder(name) : resolve(options.to)
      const fetched = await fetchDataset(name, folder, {
        signal,
        note: message => warn(`${message}\n`),
        onProgress: progressLines(warn),
      })
      write(json ? `${JSON.stringify(fetched)}\n` : `${name} is in ${folder}\n`)
    })
  data
    .command('list')
    .description('List the data sets that can be fetched')
    .action((_: unknown, command: Command) => {
      const { json } = command.optsWithGlobals<{ json?: boolean }>()
      const list = datasetNames.map(datasetOf)
      write(
        json
          ? `${JSON.stringify(list)}\n`
          : tableText(
              ['data set', 'licence', 'classes'],
              list.map(({ id, licence, classNames }) => [id, licence, String(classNames.length)]),
            ),
      )
    })
}
