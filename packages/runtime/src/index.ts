export { createExecutor, type ExecutorOptions, executorOptions, runtimeVersion } from './executor.ts'
export { compareLatency, type Latency, type LatencyOptions, measureLatency } from './latency.ts'
export { readModel, writeFileWhole, writeModel } from './model-file.ts'
export { optimizedGraph } from './optimized-graph.ts'
