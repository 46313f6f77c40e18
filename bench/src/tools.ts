import { execFileSync } from 'node:child_process'
import { join } from 'node:path'

/** What one quantization took. */
export interface Measured {
  readonly seconds: number
  readonly megabytes: number
}

/** What is quantized: files of the float model and of the samples (float32, one after another), and how. */
export interface Task {
  readonly model: string
  readonly samples: string
  /** Of a sample: `3x224x224`. */
  readonly shape: string
  readonly method: string
  readonly output: string
}

export const toolNames = ['Pare', 'onnxruntime'] as const
export type ToolName = (typeof toolNames)[number]

/** Where the peer's Python is, unless told. */
export const peerPython = join(import.meta.dirname, '../peers/.venv/bin/python')

/** Quantizes in a process of its own. */
export function quantizeWith(
  tool: ToolName,
  { model, samples, shape, method, output }: Task,
  python: string,
): Measured {
  const [command, script] =
    tool === 'Pare'
      ? [process.execPath, join(import.meta.dirname, 'quantize-child.ts')]
      : [python, join(import.meta.dirname, '../peers/quantize.py')]
  const args = [script, model, samples, shape, method, output]
  const printed = execFileSync(command, args, { encoding: 'utf8', stdio: ['ignore', 'pipe', 'inherit'] })
  return JSON.parse(printed.trim().split('\n').at(-1) ?? '')
}
