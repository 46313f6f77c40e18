import { readFile } from 'node:fs/promises'
import { resolve } from 'node:path'
import { RecipeError } from '@pare/core-graph'
import { mergeSensitivities, readSensitivities, sensitivitiesText } from '@pare/prune'
import { writeFileWhole } from '@pare/runtime'
import type { Command } from 'commander'
import type { CommandContext } from '../terminal.ts'

/** `pare sensitivity merge a.json b.json -o both.json` */
export function defineSensitivity(sensitivity: Command, { write }: CommandContext): void {
  sensitivity
    .command('merge')
    .argument('<files...>', 'sensitivity files of one model; of a point that two have, the first one’s stays')
    .requiredOption('-o, --output <file>', 'the file of them all')
    .description('Join sensitivity files, such as of several machines that measured a part each')
    .addHelpText('after', '\nExample:\n  pare sensitivity merge left.json right.json -o sensitivities.json')
    .action(async (files: string[], _: unknown, command: Command) => {
      const { output, json } = command.optsWithGlobals<{ output: string; json?: boolean }>()
      const all = await Promise.all(files.map(async file => readSensitivities(await textOf(file), file)))
      const merged = mergeSensitivities(all)
      const path = resolve(output)
      await writeFileWhole(path, [new TextEncoder().encode(sensitivitiesText(merged))])
      const groups = Object.values(merged.groups)
      const points = groups.reduce((sum, { ratios }) => sum + ratios.length, 0)
      write(
        json
          ? `${JSON.stringify({ output: path, groups: groups.length, points })}\n`
          : `${path}: ${points} points of ${groups.length} groups, ${merged.metric} on ${merged.samples} samples\n`,
      )
    })
}

async function textOf(path: string): Promise<string> {
  try {
    return await readFile(path, 'utf8')
  } catch (cause) {
    throw new RecipeError({
      code: 'RECIPE_FILE',
      message: `${path} cannot be read: ${cause instanceof Error ? cause.message : cause}`,
      hint: 'Check the path.',
      cause,
    })
  }
}
