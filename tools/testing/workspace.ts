import { cpSync, mkdirSync, mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'

const repository = join(import.meta.dirname, '..', '..')
const settings = ['tsconfig.base.json', 'tsconfig.node.json', 'tsconfig.any.json', 'platform.d.ts']

export interface Workspace extends Disposable {
  readonly root: string
}

/** A workspace in a temporary folder: the real compiler settings and libraries, and the given files. */
export function createWorkspace(files: Readonly<Record<string, string>>): Workspace {
  const root = mkdtempSync(join(tmpdir(), 'pare-workspace-'))
  for (const file of settings) cpSync(join(repository, file), join(root, file))
  symlinkSync(join(repository, 'node_modules'), join(root, 'node_modules'))
  for (const [file, text] of Object.entries(files)) {
    mkdirSync(dirname(join(root, file)), { recursive: true })
    writeFileSync(join(root, file), text)
  }
  return { root, [Symbol.dispose]: () => rmSync(root, { recursive: true }) }
}

interface PackageOptions {
  readonly layer: string
  readonly runtime: string
  readonly dependencies?: readonly string[]
  readonly devDependencies?: readonly string[]
}

const versions = (names: readonly string[] = []) => Object.fromEntries(names.map(name => [`@pare/${name}`, '0.1.0']))

/** The files of a package `@pare/<name>`: its manifest, build settings and sources. */
export function packageFiles(
  name: string,
  { layer, runtime, dependencies, devDependencies }: PackageOptions,
  sources: Readonly<Record<string, string>> = {},
): Record<string, string> {
  const folder = `packages/${name}`
  const manifest = {
    name: `@pare/${name}`,
    type: 'module',
    dependencies: versions(dependencies),
    devDependencies: versions(devDependencies),
    nx: { tags: [`layer:${layer}`, `runtime:${runtime}`] },
  }
  return {
    [`${folder}/package.json`]: JSON.stringify(manifest),
    [`${folder}/tsconfig.json`]: `{\n  "extends": "../../tsconfig.${runtime}.json"\n}\n`,
    ...Object.fromEntries(Object.entries(sources).map(([file, text]) => [`${folder}/src/${file}`, text])),
  }
}
