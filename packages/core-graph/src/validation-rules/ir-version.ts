import { type DataType, dataTypeName } from '../data-type.ts'
import { defineValidationRule, type Problem, type ValidationContext } from '../validation/rule.ts'

/** The IR version that each operator set came with, the first of each (onnx/docs/Versioning.md). */
const irOfOpset: readonly (readonly [opset: number, ir: number])[] = [
  [1, 3],
  [9, 4],
  [10, 5],
  [11, 6],
  [12, 7],
  [15, 8],
  [19, 9],
  [21, 10],
  [23, 11],
  [24, 12],
  [25, 13],
]
/** The first that imports operator sets, and the newest. */
const [oldest, newest] = [3, 14]

/** Element types that came with an IR version. */
const irOfType: Partial<Readonly<Record<DataType, number>>> = {
  float8e4m3fn: 9,
  float8e4m3fnuz: 9,
  float8e5m2: 9,
  float8e5m2fnuz: 9,
  uint4: 10,
  int4: 10,
  float4e2m1: 11,
  float8e8m0: 12,
  uint2: 13,
  int2: 13,
}

/** The IR version says how the file is to be read (ONNX, "Versioning"). */
export const irVersion = defineValidationRule({
  id: 'ir-version',
  severity: 'error',
  demands: `The IR version is known (${oldest} to ${newest}) and knows what the file uses: functions, constants, element types, operator set.`,
  *check(context) {
    const { model, scopes } = context
    const version = Number(model.irVersion)
    if (version < oldest || version > newest) {
      yield {
        message: version === 0 ? 'The model states no IR version.' : `The model states the IR version ${version}.`,
        hint: `Versions ${oldest} to ${newest} are known.`,
      }
      return
    }
    for (const { feature, since, severity } of features(context))
      if (since > version)
        yield {
          message: `The model states the IR version ${version}, but ${feature} came with version ${since}.`,
          hint: `State version ${since}, or export the model again.`,
          severity: severity ?? 'error',
        }
    if (version >= 4) return
    for (const { graph } of scopes) {
      const inputs = new Set(graph?.input.map(({ name }) => name))
      for (const { name } of graph?.initializer ?? [])
        if (!inputs.has(name))
          yield {
            message: `The initializer ${name} is not among the inputs, as IR versions below 4 demand.`,
            hint: 'State IR version 4, which knows constants.',
            value: name,
          }
    }
  },
})

interface Feature {
  readonly feature: string
  readonly since: number
  readonly severity?: Problem['severity']
}

function features({ model, scopes }: ValidationContext): readonly Feature[] {
  const opset = model.opsetImport.find(({ domain }) => domain === '' || domain === 'ai.onnx')?.version ?? 1n
  const usual = irOfOpset.findLast(([first]) => first <= opset)?.[1] ?? 3
  const types = new Set(scopes.flatMap(({ graph }) => graph?.initializer.map(({ dataType }) => dataType) ?? []))
  return [
    ...(model.functions.length > 0 ? [{ feature: 'functions', since: 8 }] : []),
    ...[...types].flatMap(code => {
      const type = dataTypeName(code)
      const since = type && irOfType[type]
      return since ? [{ feature: `tensors of ${type}`, since }] : []
    }),
    // Runtimes read such files; the version is only said to be what it was when the operator set came.
    { feature: `operator set ${opset}`, since: usual, severity: 'warning' },
  ]
}
