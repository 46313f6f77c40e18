export { createExecutor, type ExecutorOptions, executorOptions } from './executor.ts'
export { type Latency, type LatencyOptions, measureLatency } from './latency.ts'
export { readModel, writeModel } from './model-file.ts'
export { optimizedGraph } from './optimized-graph.ts'
