import type { Executor, Graph, TensorMap } from '@pare/core-graph'

/** An executor whose sessions answer with what a function makes of the feeds. */
export const executorOf = (run: (feeds: TensorMap) => TensorMap): Executor => ({
  open: async graph => ({
    inputNames: graph.inputs.map(input => input.name),
    outputNames: graph.outputs.map(output => output.name),
    run: async feeds => run(feeds),
    dispose: async () => {},
    [Symbol.asyncDispose]: async () => {},
  }),
})

/** A model that gives back its input `[N, length]` as its output `scores`. */
export const identityExecutor = executorOf(feeds => ({ scores: Object.values(feeds)[0] ?? never() }))

export const identityGraph = (length: number, batch: number | string = 'N'): Graph => {
  const type = { dataType: 'float32', shape: [batch, length] } as const
  return {
    name: 'identity',
    inputs: [{ name: 'input', type }],
    outputs: [{ name: 'scores', type }],
    nodes: [{ name: 'copy', op: 'Identity', domain: '', inputs: ['input'], outputs: ['scores'], attributes: {} }],
    initializers: new Map(),
    valueInfo: new Map(),
    opsets: new Map([['', 21]]),
    metadata: new Map(),
    functions: [],
  }
}

function never(): never {
  throw new Error('The model was fed nothing.')
}
