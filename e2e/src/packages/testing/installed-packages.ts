import { execFile } from 'node:child_process'
import { globSync, readFileSync } from 'node:fs'
import { cp, mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises'
import { tmpdir } from 'node:os'
import { dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { promisify } from 'node:util'
import { createModel } from '@pare/models'
import { writeModel } from '@pare/runtime'
import sharp from 'sharp'

export const execute = promisify(execFile)

export const root = fileURLToPath(new URL('../../../..', import.meta.url))

interface Manifest {
  readonly name: string
  readonly version: string
  readonly bin?: Readonly<Record<string, string>>
  readonly exports: Readonly<Record<string, unknown>>
  readonly dependencies: Readonly<Record<string, string>>
}

/** One public package as it would be published. */
export interface PackedPackage {
  readonly manifest: Manifest
  /** Of its source, in the repository. */
  readonly source: string
  readonly tarball: string
  /** Paths in the tarball. */
  readonly files: readonly string[]
}

/** A folder outside the repository in which somebody has installed the packages, and has a model and some photos. */
export interface Installed extends AsyncDisposable {
  readonly folder: string
  readonly packages: readonly PackedPackage[]
}

/**
 * Packs every public package and unpacks it into a new folder, where of other people's packages only those can be found
 * that some package declares (links into the repository's node_modules: no network is needed).
 */
export async function installPackages(): Promise<Installed> {
  const folder = await mkdtemp(join(tmpdir(), 'pare-packages-'))
  const packages = await pack(await newFolder(folder, 'tarballs'))
  for (const { manifest, tarball } of packages) {
    const target = await newFolder(folder, 'node_modules', manifest.name)
    await execute('tar', ['-xzf', tarball, '-C', target, '--strip-components=1'])
    for (const [command, path] of Object.entries(manifest.bin ?? {}))
      await symlink(join(target, path), join(await newFolder(folder, 'node_modules', '.bin'), command))
  }
  const declared = packages.flatMap(({ manifest }) => Object.keys(manifest.dependencies))
  for (const name of new Set([...declared, '@types/node'])) if (!name.startsWith('@pare/')) await link(folder, name)
  await cp(join(root, 'e2e', 'fixtures', 'consumer'), folder, { recursive: true })
  await writeFile(join(folder, 'package.json'), '{ "name": "consumer", "type": "module", "private": true }\n')
  await writeModel(
    join(folder, 'model.onnx'),
    createModel('mobilenet-v1', { width: 0.25, input: [3, 32, 32], classes: 2, seed: 1 }),
  )
  await writePhotos(join(folder, 'photos'))
  return {
    folder,
    packages,
    [Symbol.asyncDispose]: () => rm(folder, { recursive: true, force: true }),
  }
}

async function pack(target: string): Promise<PackedPackage[]> {
  const sources = globSync('packages/*', { cwd: root }).sort()
  const options = ['--json', '--ignore-scripts', '--offline', '--pack-destination', target]
  const { stdout } = await execute('npm', ['pack', ...options, ...sources.map(source => `--workspace=${source}`)], {
    cwd: root,
    maxBuffer: 2 ** 26,
  })
  const packed = new Map(
    Object.values(JSON.parse(stdout) as Record<string, NpmPacked>).map(entry => [entry.name, entry] as const),
  )
  return sources.map(source => {
    const manifest = JSON.parse(readFileSync(join(root, source, 'package.json'), 'utf8')) as Manifest
    const entry = packed.get(manifest.name)
    if (!entry) throw new Error(`npm pack made no tarball of ${manifest.name}.`)
    return {
      manifest,
      source: join(root, source),
      tarball: join(target, entry.filename),
      files: entry.files.map(({ path }) => path),
    }
  })
}

interface NpmPacked {
  readonly name: string
  readonly filename: string
  readonly files: readonly { readonly path: string }[]
}

/** Makes a folder, and those above it. */
export async function newFolder(...path: string[]): Promise<string> {
  const folder = join(...path)
  await mkdir(folder, { recursive: true })
  return folder
}

async function link(folder: string, name: string): Promise<void> {
  await newFolder(dirname(join(folder, 'node_modules', name)))
  await symlink(join(root, 'node_modules', name), join(folder, 'node_modules', name))
}

/** Sixteen images of two classes. */
async function writePhotos(folder: string): Promise<void> {
  for (const [index, name] of ['cat', 'dog'].entries()) {
    await newFolder(folder, name)
    for (let photo = 0; photo < 8; photo++)
      await sharp({
        create: {
          width: 32,
          height: 32,
          channels: 3,
          background: { r: 0, g: 255 * index, b: 128 },
          noise: { type: 'gaussian', mean: 128, sigma: 20 + photo },
        },
      })
        .png()
        .toFile(join(folder, name, `${photo}.png`))
  }
}

/** The blocks of one language in a package's README. */
export async function examplesIn(folder: string, language: string): Promise<readonly string[]> {
  const text = await readFile(join(folder, 'README.md'), 'utf8')
  return [...text.matchAll(/^```(\w+)\n(.*?)^```$/gms)].flatMap(([, found, code = '']) =>
    found === language ? [code] : [],
  )
}
