import { dirname, resolve } from 'node:path'
import { RecipeError } from '@pare/core-graph'
import { z } from 'zod'
import { parseYaml, readText } from '../yaml-file.ts'

/** An entry of a section: a class with its arguments. References to earlier entries are those entries. */
export interface Instance {
  readonly name: string
  readonly className: string
  readonly args: Readonly<Record<string, unknown>>
}

/** A configuration of PaddleSlim 1.4, included files read. */
export interface Configuration {
  /** Of the sections pruners, distillers, strategies and later ones, by name. */
  readonly instances: ReadonlyMap<string, Instance>
  /** Arguments of the section compressor. */
  readonly compressor: Readonly<Record<string, unknown>>
  /** Sections that are not of version 1.4. */
  readonly unknown: readonly string[]
}

const section = z.record(z.string(), z.looseObject({ class: z.string() }))
const compressor = z.looseObject({
  epoch: z.int().positive(),
  strategies: z.array(z.string()).default([]),
})
const configuration = z.looseObject({
  version: z.union([z.number(), z.string()]).optional(),
  include: z.union([z.string(), z.array(z.string())]).optional(),
  pruners: section.optional(),
  distillers: section.optional(),
  quantizers: section.optional(),
  strategies: section.optional(),
  compressor: compressor.optional(),
  /** What older documents call it. */
  compress_pass: compressor.optional(),
})

const sections = ['pruners', 'distillers', 'quantizers', 'strategies'] as const

/**
 * Reads a configuration: sections in the order of the file, so that an entry names only what stands before it; the
 * files of `include` first.
 * @throws RecipeError `RECIPE_FILE`, `RECIPE_SYNTAX`, `RECIPE_INVALID`, `IMPORT_CONFIG`
 */
export async function readConfiguration(path: string): Promise<Configuration> {
  const instances = new Map<string, Instance>()
  const unknown: string[] = []
  let found: z.output<typeof compressor> | undefined
  const read = async (file: string, from: readonly string[]): Promise<void> => {
    if (from.includes(file)) throw wrong(`${file} includes itself`, 'Leave out one of the includes.')
    const config = parseYaml(await readText(file, 'configuration'), file, {
      name: 'configuration of PaddleSlim 1.4',
      schema: configuration,
      hint: 'Each entry of pruners, distillers and strategies has a class; compressor has epoch and strategies.',
    })
    for (const included of [config.include ?? []].flat()) await read(resolve(dirname(file), included), [...from, file])
    for (const key of Object.keys(config)) {
      if (sections.some(name => name === key)) continue
      if (!Object.hasOwn(configuration.shape, key)) unknown.push(key)
    }
    const inOrder = Object.keys(config).filter(key =>
      sections.some(name => name === key),
    ) as (typeof sections)[number][]
    for (const key of inOrder)
      for (const [name, { class: className, ...args }] of Object.entries(config[key] ?? {}))
        instances.set(name, { name, className, args: plain(args) })
    found = config.compressor ?? config.compress_pass ?? found
  }
  await read(resolve(path), [])
  if (found) return { instances, compressor: plain(found), unknown }
  throw wrong(`${path} has no section compressor`, 'It says for how many epochs which strategies are at work.')
}

/** The word `none` stands for nothing, whatever the argument. */
const plain = (args: Readonly<Record<string, unknown>>) =>
  Object.fromEntries(Object.entries(args).filter(([, value]) => value !== 'none' && value !== null))

/** @throws RecipeError `IMPORT_CONFIG` when there is no entry of that name */
export function instanceNamed({ instances }: Configuration, name: unknown, wantedBy: string): Instance {
  const found = typeof name === 'string' ? instances.get(name) : undefined
  if (found) return found
  throw wrong(
    `${wantedBy} names ${JSON.stringify(name)}, which is declared nowhere`,
    `Declared are: ${[...instances.keys()].join(', ')}.`,
  )
}

export const wrong = (message: string, hint: string) =>
  new RecipeError({ code: 'IMPORT_CONFIG', message: `${message}.`, hint })
