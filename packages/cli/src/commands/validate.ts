import { type Finding, findingOfError, ModelError, targets, validate } from '@pare/core-graph'
import { readModel } from '@pare/runtime'
import { type Command, Option } from 'commander'
import { exitCodes } from '../exit-codes.ts'
import type { CommandContext } from '../terminal.ts'

interface Options {
  readonly target?: keyof typeof targets
  readonly json?: boolean
}

/** `pare validate model.onnx --target tensorrt` */
export function defineValidate(command: Command, { write, exitWith }: CommandContext): void {
  command
    .argument('<model>', 'an ONNX model')
    .addOption(new Option('--target <id>', 'check what this runtime takes, too').choices(Object.keys(targets)))
    .addHelpText(
      'after',
      '\nExamples:\n  pare validate model.onnx\n  pare validate model.onnx --target onnxruntime-node --json\n\nThe exit code is 1 where there are errors; warnings do not count.',
    )
    .action(async (path: string, _: unknown, command: Command) => {
      const { target, json } = command.optsWithGlobals<Options>()
      const findings = await findingsIn(path, target)
      const valid = findings.every(({ severity }) => severity === 'warning')
      if (!valid) exitWith(exitCodes.notAccepted)
      write(json ? `${JSON.stringify({ valid, target: target ?? null, findings })}\n` : textOf(path, target, findings))
    })
}

async function findingsIn(path: string, target: Options['target']): Promise<readonly Finding[]> {
  try {
    const graph = await readModel(path)
    return validate(graph, { loaded: true, ...(target ? { target: targets[target] } : {}) })
  } catch (error) {
    const finding = error instanceof ModelError && findingOfError(error)
    if (finding) return [finding]
    throw error
  }
}

/** A table of what was found, each with what to do below it, and what that comes to. */
function textOf(path: string, target: Options['target'], findings: readonly Finding[]): string {
  const width = findings.reduce((widest, { rule }) => Math.max(widest, rule.length), 0)
  const indent = ' '.repeat('warning'.length + width + 4)
  const rows = findings.map(
    ({ severity, rule, message, hint }) =>
      `${severity.padEnd('warning'.length)}  ${rule.padEnd(width)}  ${message}\n${indent}${hint}\n`,
  )
  const count = (wanted: Finding['severity']) => {
    const number = findings.filter(({ severity }) => severity === wanted).length
    return `${number} ${wanted}${number === 1 ? '' : 's'}`
  }
  const judged = target ? `ONNX and the target ${target}` : 'ONNX'
  const total =
    findings.length === 0 ? `is valid for ${judged}` : `has ${count('error')} and ${count('warning')} against ${judged}`
  return `${[...rows, `${path} ${total}.`].join('')}\n`
}
