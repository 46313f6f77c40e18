import type { RunResult } from '@pare/recipe'

const cost = (node: string, op: string, macs: number, parameters: number, bytesEach: number) => ({
  node,
  op,
  macs,
  parameters,
  parameterBytes: parameters * bytesEach,
  activations: 10,
  activationBytes: 40,
})

/** A small run as a recipe leaves it, with every kind of figure. */
export const sampleRun: RunResult = {
  verdict: { accepted: false, reasons: ['the accuracy falls by 1.50 points; the bound is at most 0.3'] },
  folder: '/runs/sample/1',
  model: '/runs/sample/1/model.onnx',
  before: {
    metrics: { top1: 0.9123, loss: 0.25 },
    bytes: 4_000_000,
    macs: 1200,
    parameters: 1_000_000,
    latency: { median: 2.5, quartiles: [2.25, 3] },
    nodes: [cost('first', 'Conv', 900, 400_000, 4), cost('second', 'Gemm', 300, 600_000, 4)],
  },
  after: {
    metrics: { top1: 0.8973, loss: 0.2531 },
    bytes: 1_100_000,
    macs: 1200,
    parameters: 1_000_000,
    latency: { median: 1.25, quartiles: [1.2, 1.4] },
    nodes: [cost('first', 'Conv', 900, 400_000, 1), cost('second', 'Gemm', 300, 600_000, 1)],
  },
  fidelity: {
    output: 'logits',
    samples: 512,
    agreement: 0.984375,
    divergence: 0.00123,
    sqnr: 31.25,
    cosine: 0.99961,
    maxDifference: 0.375,
    layers: [
      { value: 'y', candidate: 'y', node: 'second', op: 'Gemm', sqnr: 31.25, cosine: 0.99961, maxDifference: 0.375 },
      { value: 'x', candidate: 'x', node: 'first', op: 'Conv', sqnr: null, cosine: 1, maxDifference: 0 },
    ],
    unmatched: [{ value: 'mask', reason: 'it holds NaN or infinite numbers' }],
  },
  target: 'onnxruntime-node',
  latencies: [
    {
      engine: 'onnxruntime-node',
      before: { median: 2.5, quartiles: [2.25, 3] },
      after: { median: 1.25, quartiles: [1.2, 1.4] },
    },
  ],
  notWorthIt: [],
  saturation: [
    {
      node: 'first',
      op: 'Conv',
      pairs: { risky: 25, all: 200 },
      elements: { saturated: 3, all: 1000 },
      worst: 0.0625,
    },
    { node: 'second', op: 'Gemm', pairs: { risky: 0, all: 300 }, elements: { saturated: 0, all: 10 }, worst: 0 },
  ],
  stages: [
    {
      name: 'int8',
      rounds: 1,
      bytes: 1_100_000,
      details: [
        {
          part: 'quant.static',
          options: { observer: 'min-max', exclude: ['last'] },
          details: {
            quantized: [{ node: 'first', op: 'Conv' }],
            quantization: { weights: { bits: 8, perChannel: true } },
            kept: [{ node: 'second', op: 'Gemm', reason: 'it was excluded' }],
            notes: ['The calibration data cannot be shuffled.'],
            values: [
              { name: 'x', range: { low: -1.5, high: 2.25 }, dataType: 'uint8', scale: 0.0147, zeroPoint: 102 },
              { name: 'pooled', dataType: 'uint8', scale: 0.0147, zeroPoint: 102 },
            ],
          },
        },
      ],
    },
    {
      name: 'prune',
      rounds: 2,
      bytes: 1_100_000,
      figures: { metrics: { top1: 0.925 }, macs: 5_400_000, parameters: 275_000 },
      details: [
        {
          part: 'prune.sensitivity',
          round: 1,
          options: { target: { macs: 0.5 } },
          details: {
            target: { measure: 'macs', share: 0.75, reached: 0.7, before: 1200, after: 840 },
            multiple: 1,
            groups: [{ name: 'first', makers: ['first'], before: 16, after: 12, ratio: 0.25, predictedLoss: 0.0125 }],
            kept: [{ node: 'second', op: 'Gemm', reason: 'its channels are an output of the model' }],
            metric: 'top1',
            samples: 2000,
            baseline: 0.9123,
            curves: [{ group: 'first', ratios: [0.25, 0.5], losses: [0.01, 0.04], fitted: [0.0125, 0.04] }],
          },
        },
        {
          part: 'train',
          round: 1,
          options: { epochs: 1, best: { metric: 'top1' } },
          details: {
            best: { epoch: 1, loss: 3, terms: { 'cross-entropy': 1, 'soft-label': 2 }, metrics: { top1: 0.9 } },
            epochs: [{ epoch: 1, loss: 3, terms: { 'cross-entropy': 1, 'soft-label': 2 }, metrics: { top1: 0.9 } }],
          },
        },
      ],
    },
    {
      name: 'tuning',
      rounds: 1,
      bytes: 1_100_000,
      details: [
        {
          part: 'train',
          options: { epochs: 2, best: { metric: 'agreement' } },
          details: {
            best: { epoch: 1, loss: 0.5, accuracy: 0.8, terms: {}, metrics: { top1: 0.9, agreement: 0.75 } },
            epochs: [
              { epoch: 1, loss: 0.5, accuracy: 0.8, terms: {}, metrics: { top1: 0.9, agreement: 0.75 } },
              { epoch: 2, loss: 0.25, accuracy: 0.85, terms: {}, metrics: {} },
            ],
          },
        },
      ],
    },
  ],
  notes: ['measure-float: a note'],
  plugins: [{ plugin: 'pare-plugin-own', version: '1.2.3', strategies: ['own.named'] }],
  origin: { name: 'sample', file: '/recipes/sample.yaml', baseDirectory: '/recipes' },
  accept: { accuracyDrop: 0.3 },
  seed: 7,
  finished: '2026-11-24T11:38:00.000Z',
  seconds: 14.5,
  environment: {
    pare: '0.1.0',
    node: 'v24.0.0',
    onnxruntime: '1.30.0',
    platform: 'linux x64',
    processor: 'a processor',
    cores: 2,
  },
}
