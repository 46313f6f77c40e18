import { createRequire } from 'node:module'
import { arch, availableParallelism, cpus, platform } from 'node:os'
import { runtimeVersion } from '@pare/runtime'
import type { Environment } from './result.ts'

const require = createRequire(import.meta.url)

const versionOf = (path: string): string => (require(path) as { version: string }).version

/** What this run's figures are measured with. */
export const environment = (): Environment => ({
  pare: versionOf('../package.json'),
  node: process.version,
  onnxruntime: runtimeVersion,
  platform: `${platform()} ${arch()}`,
  processor: cpus()[0]?.model ?? 'unknown',
  cores: availableParallelism(),
})
