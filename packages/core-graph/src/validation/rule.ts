import type { FunctionProto, ModelProto } from 'onnx-buf'
import type { Graph } from '../graph.ts'
import type { Target } from '../target.ts'
import type { ElementTypes } from './element-types.ts'
import type { Inference } from './inference.ts'
import type { Scope } from './scope.ts'

/** `error`: the specification, or the target, does not allow it. `warning`: allowed, and most likely not meant. */
export type Severity = 'error' | 'warning'

/** What a rule found. */
export interface Problem {
  /** What is wrong, and where, in one sentence. */
  readonly message: string
  /** What to do. */
  readonly hint: string
  readonly node?: { readonly name: string; readonly op: string }
  /** The value concerned. */
  readonly value?: string
  /** Where it is not the rule's own. */
  readonly severity?: Severity
}

/** What rules look at. What is derived from the model is made when it is first asked for. */
export interface ValidationContext {
  readonly graph: Graph
  /** The message that is judged: the file that the graph was loaded from, or the one that it would be saved as. */
  readonly model: ModelProto
  readonly scopes: readonly Scope[]
  /** The model's own functions, by `functionKey`. */
  readonly functions: ReadonlyMap<string, FunctionProto>
  readonly target: Target | undefined
  readonly elementTypes: () => ElementTypes
  readonly inference: () => Inference
}

/** One thing that a valid model keeps. */
export interface ValidationRule {
  readonly id: string
  readonly severity: Severity
  /** What it demands, for the table in the docs. */
  readonly demands: string
  readonly check: (context: ValidationContext) => Iterable<Problem>
}

export const defineValidationRule = (rule: ValidationRule): ValidationRule => Object.freeze(rule)

/** A function of a model, as nodes name it; overloads differ by a third part (ONNX IR, "Functions"). */
export const functionKey = (domain: string, name: string, overload: string): string => `${domain}:${name}:${overload}`
