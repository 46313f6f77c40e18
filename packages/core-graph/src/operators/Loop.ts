import { attribute, defineOperator, type Inferred, typed } from '../operator.ts'
import { either } from './body.ts'

/**
 * The values carried through all iterations of body(iteration, cond, carried…) → (cond, carried…, scanned…), then each
 * scanned value stacked: [iterations, *s] (ONNX Loop)
 */
export const Loop = defineOperator({
  op: 'Loop',
  inputs: ['M?', 'cond?', 'v_initial...'],
  outputs: ['v_final_and_scan_outputs...'],
  attributes: { body: attribute.required.graph() },
  infer: ({ v_initial: initial }, { body }, { inferBody }) => {
    const counters = [typed('int64', []), typed('bool', [])]
    const infer = (carried: readonly (Inferred | undefined)[]) => inferBody(body, [...counters, ...carried]).slice(1)
    // What an iteration changes is not known, nor what follows from it: first sizes, then perhaps ranks.
    let carried: readonly (Inferred | undefined)[] = initial.map(value => typed(value.dataType, value.shape))
    let made = infer(carried)
    for (const unsaid of [either, shapeUnsaid]) {
      const changed = carried.map((value, index) => !isSame(value, either(value, made[index])))
      if (!changed.includes(true)) break
      carried = carried.map((value, index) => (changed[index] ? unsaid(value, made[index]) : value))
      made = infer(carried)
    }
    carried = carried.map((value, index) => either(value, made[index]))
    const stacked = made
      .slice(initial.length)
      .map(value => value && typed(value.dataType, value.shape && [null, ...value.shape]))
    return { v_final_and_scan_outputs: [...carried, ...stacked] }
  },
})

const isSame = (a: Inferred | undefined, b: Inferred | undefined): boolean => JSON.stringify(a) === JSON.stringify(b)

const shapeUnsaid = (value: Inferred | undefined) => value && typed(value.dataType, undefined)
