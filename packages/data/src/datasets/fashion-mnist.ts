import { defineDataset } from '../dataset.ts'

const official = 'https://github.com/zalandoresearch/fashion-mnist/raw/master/data/fashion'

const classNames = [
  'T-shirt/top',
  'Trouser',
  'Pullover',
  'Dress',
  'Coat',
  'Sandal',
  'Shirt',
  'Sneaker',
  'Bag',
  'Ankle boot',
] as const

const split = (prefix: string) => ({
  kind: 'idx' as const,
  images: `${prefix}-images-idx3-ubyte.gz`,
  labels: `${prefix}-labels-idx1-ubyte.gz`,
  classes: [...classNames] as [string, ...string[]],
})

/** Xiao, Rasul, Vollgraf 2017: "Fashion-MNIST: a Novel Image Dataset for Benchmarking Machine Learning Algorithms". */
export const fashionMnist = defineDataset({
  id: 'fashion-mnist',
  description: '70,000 grey images of clothes, 28×28 pixels, in 10 classes: 60,000 to train and 10,000 to test.',
  licence: 'MIT',
  homepage: 'https://github.com/zalandoresearch/fashion-mnist',
  files: [
    {
      name: 'train-images-idx3-ubyte.gz',
      url: `${official}/train-images-idx3-ubyte.gz`,
      bytes: 47_040_016,
      sha256: 'c59f468a2f672dc815687fe0f83887768d799fd8a3f3276145d20f83aa44d888',
    },
    {
      name: 'train-labels-idx1-ubyte.gz',
      url: `${official}/train-labels-idx1-ubyte.gz`,
      bytes: 60_008,
      sha256: 'bad3541b69d912435c50bb6ba87bec294ff4f6a2e1246121d8633921760443d9',
    },
    {
      name: 't10k-images-idx3-ubyte.gz',
      url: `${official}/t10k-images-idx3-ubyte.gz`,
      bytes: 7_840_016,
      sha256: '5b4141f0afbad91edebe8549f8fcffe087ea10ca49f1dbef5c9a5cd8815ce37b',
    },
    {
      name: 't10k-labels-idx1-ubyte.gz',
      url: `${official}/t10k-labels-idx1-ubyte.gz`,
      bytes: 10_008,
      sha256: '0402a96d92fd2663957122ceb108a494c5af83dab82d92729df917d7dec38c34',
    },
  ],
  debian: { package: 'dataset-fashion-mnist', folder: 'usr/share/datasets/fashion-mnist' },
  classNames,
  splits: { train: split('train'), test: split('t10k') },
  preprocess: { colour: 'grey', range: [0, 1], mean: [0.286], std: [0.353] },
})
