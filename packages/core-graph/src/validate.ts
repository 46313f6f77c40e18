import { ModelError } from './errors.ts'
import type { Graph } from './graph.ts'
import { originalOf } from './load.ts'
import { once } from './once.ts'
import { modelMessage } from './save.ts'
import type { Target } from './target.ts'
import { followElementTypes } from './validation/element-types.ts'
import { inferAll } from './validation/inference.ts'
import {
  functionKey,
  type Problem,
  type Severity,
  type ValidationContext,
  type ValidationRule,
} from './validation/rule.ts'
import { scopesOf } from './validation/scope.ts'
import { validationRules } from './validation-rules/registry.ts'

/** One thing that is wrong with a model. Plain data. */
export interface Finding {
  /** The rule that it breaks, such as `quantization-scale`; docs/validation.md lists them. */
  readonly rule: string
  readonly severity: Severity
  /** Name and operator of the node that it is about. */
  readonly node?: { readonly name: string; readonly op: string }
  /** Name of the value that it is about. */
  readonly value?: string
  /** What is wrong, and where, in one sentence. */
  readonly message: string
  /** What to do. */
  readonly hint: string
}

/** What a model is held against. */
export interface ValidateOptions {
  /** Check what this runtime takes too. Default: the specification only. */
  readonly target?: Target
  /**
   * Judge the file that the graph was loaded from, in which nodes may be out of order or things be given twice, rather
   * than the file that `saveModel` would write. Default false.
   */
  readonly loaded?: boolean
}

const rules: readonly ValidationRule[] = Object.values(validationRules)

/**
 * Checks a model of operator set 7 to 25 against the ONNX specification: all that onnx.checker with full_check
 * demands, and what it leaves to the runtimes. Names, order, arity, attributes and element types are judged in the
 * model's own operator set; shapes and quantization, whose rules describe operator set 21, after an upgrade to it, and
 * a finding says where that cannot be done.
 *
 * @returns what is wrong, errors first; empty for a valid model
 */
export function validate(graph: Graph, { target, loaded = false }: ValidateOptions = {}): readonly Finding[] {
  const model = loaded && graph.model ? graph.model : modelMessage(graph)
  const scopes = scopesOf(model)
  const context: ValidationContext = {
    graph,
    model,
    scopes,
    functions: new Map(model.functions.map(item => [functionKey(item.domain, item.name, item.overload), item])),
    target,
    elementTypes: once(() => followElementTypes(scopes)),
    inference: once(() => inferAll(graph)),
  }
  const findings = rules.flatMap(rule => [...rule.check(context)].map(problem => findingOf(rule, problem)))
  return findings.toSorted((a, b) => a.severity.localeCompare(b.severity))
}

const findingOf = (rule: ValidationRule, { severity = rule.severity, ...problem }: Problem): Finding => ({
  rule: rule.id,
  severity,
  ...problem,
})

/** The rules that a model breaks which `loadModel` refuses, by the error's code. */
const rulesOfCodes: ReadonlyMap<string, string> = new Map([
  ['MODEL_CYCLE', 'topological-order'],
  ['MODEL_UNKNOWN_VALUE', 'topological-order'],
  ['MODEL_DUPLICATE_VALUE', 'single-assignment'],
  ['MODEL_TENSOR_SIZE', 'tensor-size'],
  ['MODEL_TENSOR_TYPE', 'tensor-size'],
])

/** An error of `loadModel` as a finding; undefined where ONNX allows what Pare does not read, or the file is no model. */
export function findingOfError({
  code,
  message,
  hint = 'Export the model again.',
  node,
}: ModelError): Finding | undefined {
  const rule = rulesOfCodes.get(code)
  return rule === undefined ? undefined : { rule, severity: 'error', message, hint, ...(node ? { node } : {}) }
}

/**
 * That a model is valid, as `validate` judges; warnings pass. Rules that the file which the graph was loaded from
 * breaks already are not held against it: what runs in spite of them may be compressed too.
 * @throws ModelError `MODEL_INVALID` with the number of errors and the first of them
 */
export function assertValid(graph: Graph): void {
  const errors = errorsOf(graph)
  if (errors.length === 0) return
  const original = originalOf(graph)
  const broken = new Set(original && errorsOf(original, { loaded: true }).map(({ rule }) => rule))
  const [first, ...more] = errors.filter(({ rule }) => !broken.has(rule))
  if (!first) return
  const shown = [first, ...more].slice(0, 3)
  throw new ModelError({
    code: 'MODEL_INVALID',
    message: `The model has ${more.length + 1} error(s) against ONNX: ${shown
      .map(({ rule, message }) => `${message} (${rule})`)
      .join(' ')}${more.length >= shown.length ? ' …' : ''}`,
    hint: first.hint,
    ...(first.node ? { node: first.node } : {}),
  })
}

const errorsOf = (graph: Graph, options: ValidateOptions = {}) =>
  validate(graph, options).filter(({ severity }) => severity === 'error')
