// From a fresh clone to a command, on a machine that has only Node and npm:
//   node tools/setup.mjs test           run every check and every test
//   node tools/setup.mjs demo           bring the data set and run recipes/demo.yaml
//   node tools/setup.mjs pare <args>    run the pare command from source
//   node tools/setup.mjs reproduce <row>  run the rows of docs/results.md that are not there yet
//   node tools/setup.mjs fuzz <args>    feed broken files to everything that reads files
// It does only what is missing. Plain JavaScript without a dependency, because it runs before anything is installed.

import { spawn } from 'node:child_process'
import { existsSync, readFileSync } from 'node:fs'
import { constants } from 'node:os'
import { delimiter, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'

const oldestNode = 20
/** Where onnxruntime-node has a binary and this script was meant to run. */
const platforms = ['linux x64', 'linux arm64', 'darwin arm64']
const installByHand = 'ONNXRUNTIME_NODE_INSTALL=skip npm ci --include=dev --ignore-scripts=false'

const root = dirname(dirname(fileURLToPath(import.meta.url)))
const bin = join(root, 'node_modules', '.bin')
/** The Node that the project pins: it runs TypeScript as it is. */
const node = join(root, 'node_modules', 'node', 'bin', 'node')
const environment = {
  ...process.env,
  PATH: [bin, process.env.PATH].join(delimiter),
  // The CPU binaries come with the package; its install script would look for CUDA's elsewhere.
  ONNXRUNTIME_NODE_INSTALL: 'skip',
}

/** Says what happens on standard error: standard output belongs to the command, which may print JSON. */
const say = message => process.stderr.write(`${message}\n`)

class Failure extends Error {}

/**
 * Runs a program in the repository and passes signals on. Resolves to its exit code, or 128 + the signal's number.
 * A terminal sends Ctrl-C to every process of the group by itself; passing it on as well would double it.
 */
function run(command, args, { cwd = root, stdio = 'inherit' } = {}) {
  return new Promise((resolve, reject) => {
    const child = spawn(command, args, { cwd, stdio, env: environment })
    const fromTerminal = process.stdin.isTTY || process.stdout.isTTY || process.stderr.isTTY
    const listeners = ['SIGINT', 'SIGTERM', 'SIGHUP'].map(signal => {
      const listener = () => (signal === 'SIGINT' && fromTerminal ? undefined : child.kill(signal))
      process.on(signal, listener)
      return () => process.off(signal, listener)
    })
    const stopListening = () => {
      for (const stop of listeners) stop()
    }
    child.on('error', error => {
      stopListening()
      reject(new Failure(`${command} could not be started: ${error.message}`))
    })
    child.on('exit', (code, signal) => {
      stopListening()
      resolve(signal ? 128 + constants.signals[signal] : code)
    })
  })
}

function checkMachine() {
  if (Number.parseInt(process.versions.node, 10) < oldestNode)
    throw new Failure(
      `Pare needs Node ${oldestNode} or newer to set itself up; this is ${process.version}. Install one: https://nodejs.org`,
    )
  const platform = `${process.platform} ${process.arch}`
  if (!platforms.includes(platform))
    throw new Failure(
      `Pare runs on ${platforms.join(', ')}; this is ${platform}. On Windows, use the Windows Subsystem for Linux.`,
    )
  if (process.platform === 'linux' && !process.report.getReport().header.glibcVersionRuntime)
    throw new Failure('Pare needs glibc, because onnxruntime does; this Linux (Alpine?) has another C library.')
}

const lockedPackages = file => JSON.parse(readFileSync(join(root, file), 'utf8')).packages

/** Whether node_modules holds what package-lock.json asks for, by npm's own record of what it installed. */
function isInstalled() {
  const record = join('node_modules', '.package-lock.json')
  if (!existsSync(node) || !existsSync(join(root, record))) return false
  const installed = lockedPackages(record)
  return Object.entries(lockedPackages('package-lock.json')).every(([path, { version, optional, devOptional }]) => {
    if (path === '') return true
    if (!installed[path]) return optional || devOptional
    return installed[path].version === version
  })
}

async function install() {
  if (isInstalled()) return
  say('Installing the dependencies (npm ci, about a minute) …')
  const options = ['--include=dev', '--ignore-scripts=false', '--no-audit', '--no-fund', '--loglevel=error']
  const code = await run('npm', ['ci', ...options], { stdio: ['ignore', 2, 2] })
  if (code !== 0)
    throw new Failure(
      `Installing failed (npm ended with ${code}; its reason is above). By hand, in ${root}:\n  ${installByHand}`,
    )
  if (!existsSync(node))
    throw new Failure(
      `npm did not install Node for the project (${node} is missing). By hand, in ${root}:\n  npm rebuild node --ignore-scripts=false`,
    )
}

/** The pare command, run from its TypeScript source. */
const pare = (args, options) =>
  run(node, ['--conditions=@pare/source', join(root, 'packages', 'cli', 'src', 'main.ts'), ...args], options)

/** Resolves to 0, or the exit code of what failed. */
async function fetchData() {
  say('Bringing the data set Fashion-MNIST …')
  const fetched = await pare(['data', 'fetch', 'fashion-mnist'])
  if (fetched !== 0)
    say('The data set could not be brought; the reason is above. By hand:\n  npm run pare -- data fetch fashion-mnist')
  return fetched
}

async function demo() {
  const failed = await fetchData()
  if (failed) return failed
  say('Running recipes/demo.yaml …')
  return pare(['run', join('recipes', 'demo.yaml')])
}

async function reproduce(args) {
  const failed = args.includes('--check') ? 0 : await fetchData()
  if (failed) return failed
  return run(node, ['--conditions=@pare/source', join('bench', 'src', 'reproduce.ts'), ...args])
}

const commands = {
  test: () => run(node, [join('tools', 'check.ts')]),
  demo,
  reproduce,
  // Paths in the arguments are meant from where the user stands; npm moves to the root but remembers it.
  pare: args => pare(args, { cwd: process.env.INIT_CWD ?? process.cwd() }),
  fuzz: args => run(node, ['--conditions=@pare/source', join('e2e', 'src', 'fuzz', 'main.ts'), ...args]),
}

async function main([name, ...args]) {
  const command = Object.hasOwn(commands, name ?? '') ? commands[name] : undefined
  if (!command) throw new Failure(`Usage: node tools/setup.mjs ${Object.keys(commands).join(' | ')} [arguments]`)
  checkMachine()
  await install()
  return command(args)
}

try {
  process.exitCode = await main(process.argv.slice(2))
} catch (error) {
  if (!(error instanceof Failure)) throw error
  say(error.message)
  process.exitCode = 1
}
