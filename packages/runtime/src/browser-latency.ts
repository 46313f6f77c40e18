import { existsSync } from 'node:fs'
import { readFile } from 'node:fs/promises'
import { createServer, type Server } from 'node:http'
import type { AddressInfo } from 'node:net'
import { basename, dirname, join } from 'node:path'
import { fileURLToPath } from 'node:url'
import { type Graph, PareError, RunError, saveModel } from '@pare/core-graph'
import type { Browser } from 'playwright-core'
import type { LatencyEngine } from './engines.ts'
import { type LatencyOptions, latencyOf, warmupMilliseconds, zeroFeeds } from './latency.ts'

/** Where Chromium and Chrome are put by the usual installers. `PARE_CHROMIUM` names the one to take instead. */
const usualPaths = [
  '/usr/bin/chromium',
  '/usr/bin/chromium-browser',
  '/usr/bin/google-chrome',
  '/Applications/Google Chrome.app/Contents/MacOS/Google Chrome',
  '/Applications/Chromium.app/Contents/MacOS/Chromium',
]

/**
 * Times models in a headless Chromium: onnxruntime-web's WASM build, one thread, in a page that loads nothing but the
 * models and the runtime, from this machine.
 * @throws RunError `RUN_ENGINE_MISSING` without a Chromium or one of the packages playwright-core and onnxruntime-web;
 *   comparing throws RunError `RUN_BROWSER`
 */
export async function browserEngine(): Promise<LatencyEngine> {
  const named = process.env.PARE_CHROMIUM
  const executablePath = (named ? [named] : usualPaths).find(path => existsSync(path))
  if (!executablePath)
    throw missing(named ? `${named} (PARE_CHROMIUM)` : 'Chromium', 'Install it, or set PARE_CHROMIUM to its path.')
  const { chromium } = await import('playwright-core').catch(cause => {
    throw missing('The package playwright-core', 'Install it beside Pare: npm install playwright-core', cause)
  })
  const runtimeFolder = runtimeFiles()
  return {
    name: 'onnxruntime-web in Chromium',
    compare: async (graphs, options = {}) => {
      const { signal } = options
      signal?.throwIfAborted()
      const server = await serve(runtimeFolder, graphs)
      let browser: Browser | undefined
      const stop = () => browser?.close()
      signal?.addEventListener('abort', stop)
      try {
        browser = await chromium.launch({
          executablePath,
          // Chromium's sandbox cannot be used by root.
          chromiumSandbox: process.getuid?.() !== 0,
          args: ['--disable-quic', '--disable-component-update', '--disable-sync'],
        })
        signal?.throwIfAborted()
        return await timeInPage(browser, server, graphs, options)
      } catch (cause) {
        signal?.throwIfAborted()
        // A model whose inputs cannot be filled is not Chromium's fault.
        if (cause instanceof PareError) throw cause
        throw new RunError({
          code: 'RUN_BROWSER',
          message: `Chromium could not run the models: ${firstLine(cause)}`,
          hint: `If the models run on onnxruntime-web in Node, ${executablePath} may lack memory or shared libraries, or be no Chromium.`,
          cause,
        })
      } finally {
        signal?.removeEventListener('abort', stop)
        await browser?.close()
        server.closeAllConnections()
        await new Promise(resolve => server.close(resolve))
      }
    },
  }
}

/** Playwright's errors go on with the browser's whole log. */
const firstLine = (cause: unknown) => (cause instanceof Error ? cause.message : String(cause)).split('\n', 1)[0]

const missing = (what: string, hint: string, cause?: unknown) =>
  new RunError({ code: 'RUN_ENGINE_MISSING', message: `${what} is not installed.`, hint, cause })

/** The folder of onnxruntime-web's files. */
function runtimeFiles(): string {
  try {
    return dirname(fileURLToPath(import.meta.resolve('onnxruntime-web/ort-wasm-simd-threaded.wasm')))
  } catch (cause) {
    throw missing('The package onnxruntime-web', 'Install it beside Pare: npm install onnxruntime-web', cause)
  }
}

const emptyPage =
  '<!doctype html><title>latency</title><script type="module">import * as ort from "/ort.wasm.bundle.min.mjs"; globalThis.ort = ort</script>'

/** Serves an empty page, the runtime and the models, to this machine only. */
async function serve(runtimeFolder: string, graphs: readonly Graph[]): Promise<Server> {
  const types: Record<string, string> = { '.mjs': 'text/javascript', wasm: 'application/wasm' }
  // Pages that are isolated from others have a clock of 5 µs, the rest of 100 µs.
  const isolated = { 'Cross-Origin-Opener-Policy': 'same-origin', 'Cross-Origin-Embedder-Policy': 'require-corp' }
  const server = createServer(async (request, response) => {
    const name = basename(request.url ?? '/')
    const type = types[name.endsWith('.mjs') ? '.mjs' : (name.split('.').at(-1) ?? '')] ?? 'application/octet-stream'
    const graph = graphs[Number(/^model-(\d+)$/.exec(name)?.[1] ?? -1)]
    const read = async () => (graph ? saveModel(graph).model : readFile(join(runtimeFolder, name)))
    const body = name === '' ? emptyPage : await read().catch(() => undefined)
    response.writeHead(body === undefined ? 404 : 200, {
      ...isolated,
      'Content-Type': name === '' ? 'text/html' : type,
    })
    response.end(body)
  })
  await new Promise<void>(resolve => server.listen(0, '127.0.0.1', resolve))
  return server
}

async function timeInPage(
  browser: Browser,
  server: Server,
  graphs: readonly Graph[],
  { batchSize = 1, runs = 100, warmup = 5, budget = 2000 }: LatencyOptions,
) {
  const { port } = server.address() as AddressInfo
  const page = await browser.newPage()
  await page.goto(`http://127.0.0.1:${port}/`)
  const feeds = graphs.map(graph =>
    Object.entries(zeroFeeds(graph, batchSize)).map(([name, { dataType, dims, data }]) => ({
      name,
      dataType,
      dims,
      array: data.constructor.name,
      length: data.length,
    })),
  )
  const times = await page.evaluate(inPage, { feeds, runs, warmup, warmupMilliseconds, budget })
  return times.map(latencyOf)
}

interface PageTask {
  readonly feeds: readonly (readonly PageFeed[])[]
  readonly runs: number
  readonly warmup: number
  readonly warmupMilliseconds: number
  readonly budget: number
}

interface PageFeed {
  readonly name: string
  readonly dataType: string
  readonly dims: readonly number[]
  /** The class of its elements' array. */
  readonly array: string
  readonly length: number
}

/** Runs in the page, so it must be whole in itself: the models take turns, a run each, and their times are returned. */
async function inPage({ feeds, runs, warmup, warmupMilliseconds, budget }: PageTask): Promise<number[][]> {
  const { ort: runtime } = globalThis as unknown as { ort: typeof import('onnxruntime-web') }
  runtime.env.wasm.numThreads = 1
  const arrays = globalThis as unknown as Record<string, new (length: number) => Float32Array>
  const models = []
  for (const [index, inputs] of feeds.entries()) {
    const model = new Uint8Array(await (await fetch(`/model-${index}`)).arrayBuffer())
    const session = await runtime.InferenceSession.create(model, { executionProviders: ['wasm'], logSeverityLevel: 3 })
    const tensors: Record<string, InstanceType<typeof runtime.Tensor>> = {}
    for (const { name, dataType, dims, array, length } of inputs) {
      const Elements = arrays[array] ?? Float32Array
      tensors[name] = new runtime.Tensor(dataType as 'float32', new Elements(length), dims)
    }
    models.push({ session, tensors })
  }
  const times = models.map((): number[] => [])
  const warmedUp = warmup === 0 ? 0 : performance.now() + warmupMilliseconds * models.length
  for (let run = 0; run < warmup || performance.now() < warmedUp; run++)
    for (const { session, tensors } of models) await session.run(tensors)
  const started = performance.now()
  for (let run = 0; run < runs; run++) {
    for (const [index, { session, tensors }] of models.entries()) {
      const before = performance.now()
      await session.run(tensors)
      times[index]?.push(performance.now() - before)
    }
    if (performance.now() - started > budget * models.length) break
  }
  return times
}
