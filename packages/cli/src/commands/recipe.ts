import { resolve } from 'node:path'
import { Compressor, importRecipe, recipeJsonSchema, strategyRegistry } from '@pare/recipe'
import { writeFileWhole } from '@pare/runtime'
import type { Command } from 'commander'
import type { CommandContext } from '../terminal.ts'
import { allowPlugins } from './run.ts'

/** `pare recipe check`, `pare recipe import`, `pare recipe schema` */
export function defineRecipe(recipe: Command, { write, warn }: CommandContext): void {
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
    .command('import')
    .argument('<config>', 'a configuration of PaddleSlim 1.4, YAML')
    .description('Turn a configuration of PaddleSlim 1.4 into a recipe, and say what could not be carried over')
    .option('--names <file>', 'YAML of names: of a variable there, a colon, of a layer or tensor in the ONNX model')
    .option('-o, --output <file>', 'the recipe (default: printed)')
    .addHelpText('after', '\nExample:\n  pare recipe import filter_pruning.yaml --names names.yaml -o recipe.yaml')
    .action(async (path: string, _: unknown, command: Command) => {
      const { names, output, json } = command.optsWithGlobals<{ names?: string; output?: string; json?: boolean }>()
      const imported = await importRecipe(path, { registry: strategyRegistry(), ...(names !== undefined && { names }) })
      const { recipe, text, notes } = imported
      if (output !== undefined) await writeFileWhole(resolve(output), [new TextEncoder().encode(text)])
      if (json) return write(`${JSON.stringify({ recipe, notes, ...(output !== undefined && { output }) })}\n`)
      for (const note of notes) warn(`${note}\n`)
      write(
        output === undefined
          ? text
          : `${output} has ${recipe.stages.length === 1 ? 'one stage' : `${recipe.stages.length} stages`}; what is to be looked at stands at its beginning.\n`,
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
