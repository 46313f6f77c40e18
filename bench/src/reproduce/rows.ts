/** A row of the original's table, made again on Fashion-MNIST by a recipe of `recipes/reproduce`. */
export interface Row {
  /** Of the recipe's file, and of the files of its results. */
  readonly id: string
  readonly title: string
  /** The original on ImageNet: change of top-1 in percentage points, and of the size. */
  readonly original: string
  /** What is to be reached: at least this change of top-1 in points, at most this share of the float file. */
  readonly goal?: { readonly change: number; readonly size?: number }
}

/** The float model, trained for as many epochs as the rows: what their accuracy is compared with. */
export const baseline: Row = { id: 'baseline', title: 'float, trained on', original: '70.91 %, 17 MB' }

/** In the order in which they are run and shown. */
export const rows: readonly Row[] = [
  baseline,
  { id: 'distilled', title: 'distilled by the ResNet', original: '+1.06', goal: { change: 0.4 } },
  { id: 'uniform-50', title: 'uniform, half the MACs', original: '−1.08, −47 %', goal: { change: -0.3 } },
  { id: 'sensitivity-20', title: 'sensitivity, 80 % of the MACs', original: '+0.57' },
  { id: 'sensitivity-36', title: 'sensitivity, 64 % of the MACs', original: '−0.08' },
  { id: 'sensitivity-50', title: 'sensitivity, half the MACs', original: '−1.60', goal: { change: -0.2 } },
  {
    id: 'int8-abs-max',
    title: 'QAT, activations and weights abs-max',
    original: '+0.10, −72 %',
    goal: { change: 0, size: 0.28 },
  },
  {
    id: 'int8-moving-average',
    title: 'QAT, activations moving average',
    original: '−0.05, −72 %',
    goal: { change: 0, size: 0.28 },
  },
  {
    id: 'int8-per-channel',
    title: 'QAT, weights per channel',
    original: '+0.22, −72 %',
    goal: { change: 0, size: 0.28 },
  },
  {
    id: 'distilled-int8',
    title: 'distilled, then int8',
    original: '+1.10, −72 %',
    goal: { change: 0.4, size: 0.28 },
  },
  {
    id: 'pruned-int8',
    title: 'half the MACs, then int8',
    original: '−1.71, −86 %',
    goal: { change: -0.3, size: 0.15 },
  },
  { id: 'everything', title: 'everything', original: '', goal: { change: -0.5, size: 0.1 } },
]

/** Of the mean and its spread. */
export const seeds = [1, 2, 3] as const
