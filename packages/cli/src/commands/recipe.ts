import { Compressor, recipeJsonSchema, strategyRegistry } from '@pare/recipe'
import type { Command } from 'commander'
import type { CommandContext } from '../terminal.ts'
import { allowPlugins } from './run.ts'

/** `pare recipe check`, `pare recipe schema` */
export function defineRecipe(recipe: Command, { write }: CommandContext): void {
  recipe
    .command('check')
    .argument('<recipe>', 'a recipe, YAML or JSON')
    .description('Check a recipe without running it')
    .addOption(allowPlugins())
    .addHelpText('after', '\nExample:\n  pare recipe check recipes/demo.yaml')
    .action(async (path: string, _: unknown, command: Command) => {
      const { json, allowPlugins = false } = command.optsWithGlobals<{ json?: boolean; allowPlugins?: boolean }>()
      const compressor = await Compressor.open(path, { allowPlugins })
      await compressor.check()
      const { stages } = compressor.recipe
      const trains = stages.some(({ train }) => train)
      write(
        json
          ? `${JSON.stringify(compressor.recipe)}\n`
          : `${path} is a valid recipe of ${stages.length} ${stages.length === 1 ? 'stage' : 'stages'}.\n${trains ? `Whether its training fits the model, \`pare train ${path} --dry-run\` says.\n` : ''}`,
      )
    })
  recipe
    .command('schema')
    .description('Print the JSON schema of recipes, with which editors complete and check')
    .addHelpText(
      'after',
      '\nExample:\n  pare recipe schema > pare.schema.json\n  # first line of a recipe: # yaml-language-server: $schema=pare.schema.json',
    )
    .action(() => write(`${JSON.stringify(recipeJsonSchema(strategyRegistry()), null, 2)}\n`))
}
