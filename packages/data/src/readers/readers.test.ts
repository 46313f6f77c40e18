import { readFile, symlink } from 'node:fs/promises'
import { join } from 'node:path'
import { expect, test } from 'vitest'
import { type DataDeclarationInput, dataDeclarationSchema, openReader } from '../declaration.ts'
import { failureOf, fixture, idxBytes, npyBytes, png, temporaryFolder, writeFiles } from '../testing/files.ts'
import { readers } from './registry.ts'

type Files = Readonly<Record<string, string | Uint8Array>>

const dot = await png([[7]])
const folderOf = { kind: 'image-folder', path: '.' } as const
const listOf = (path: string) => ({ kind: 'image-list', path }) as const

async function open(files: Files, declaration: DataDeclarationInput) {
  const folder = await temporaryFolder()
  await writeFiles(folder, files)
  const reader = await openReader(dataDeclarationSchema.parse(declaration), folder)
  if (reader.kind === 'tensors') throw new Error('They are no images.')
  const names = Array.from({ length: reader.size }, (_, index) => reader.nameOf(index).replace(`${folder}/`, ''))
  return { names, labels: reader.labels && [...reader.labels], classNames: reader.classNames, read: reader.read }
}

/** The same three samples in every kind of images: a kind without an entry here fails. */
const samples: Readonly<Record<string, { files: () => Promise<Files>; declaration: DataDeclarationInput }>> = {
  idx: {
    files: async () => ({ images: idxBytes([3, 1, 2], [1, 2, 3, 4, 5, 6]), labels: idxBytes([3], [0, 1, 1]) }),
    declaration: { kind: 'idx', images: 'images', labels: 'labels', classes: ['cat', 'dog'] },
  },
  'image-folder': {
    files: async () => ({
      'dog/b.png': await png([[3, 4]]),
      'dog/c.png': await png([[5, 6]]),
      'cat/a.png': await png([[1, 2]]),
    }),
    declaration: folderOf,
  },
  'image-list': {
    files: async () => ({
      'a.png': await png([[1, 2]]),
      'b.png': await png([[3, 4]]),
      'c.png': await png([[5, 6]]),
      'list.csv': 'a.png,cat\nb.png,1\nc.png,dog\n',
    }),
    declaration: { ...listOf('list.csv'), classes: ['cat', 'dog'] },
  },
  numpy: {
    files: async () => ({
      'images.npy': npyBytes('|u1', [3, 1, 2], [1, 2, 3, 4, 5, 6]),
      'labels.npy': npyBytes('|i1', [3], [0, 1, 1]),
    }),
    declaration: { kind: 'numpy', images: 'images.npy', labels: 'labels.npy', classes: ['cat', 'dog'] },
  },
  parquet: {
    files: async () => ({ 'x.parquet': await readFile(fixture('parquet/three-grey.parquet')) }),
    declaration: { kind: 'parquet', path: 'x.parquet', classes: ['cat', 'dog'] },
  },
}

test.each(Object.keys(readers).filter(kind => kind !== 'tensors'))(
  '%s reads samples, labels and class names',
  async kind => {
    const sample = samples[kind]
    expect(sample?.declaration.kind).toBe(kind)
    if (!sample) return
    const { labels, classNames, read } = await open(await sample.files(), sample.declaration)
    expect(labels).toEqual([0, 1, 1])
    expect(classNames).toEqual(['cat', 'dog'])
    for (const [index, expected] of [
      [1, 2],
      [3, 4],
      [5, 6],
    ].entries()) {
      const { data, ...size } = await read(index)
      expect([...data]).toEqual(expected)
      expect(size).toEqual({ width: 2, height: 1, channels: 1 })
    }
  },
)

test('labels are optional', async () => {
  const unlabelled = { labels: undefined, classNames: undefined }
  expect(await open({ images: idxBytes([1, 1, 1], [9]) }, { kind: 'idx', images: 'images' })).toMatchObject(unlabelled)
  expect(await open({ 'b.png': dot, 'a.jpg': dot, 'notes.txt': '' }, folderOf)).toMatchObject({
    ...unlabelled,
    names: ['a.jpg', 'b.png'],
  })
  expect(await open({ 'list.csv': 'a.png\nb.png' }, listOf('list.csv'))).toMatchObject({
    ...unlabelled,
    names: ['a.png', 'b.png'],
  })
})

test('a class folder may have folders in it; hidden and other files are passed over', async () => {
  const files = {
    'b/x/2.png': dot,
    'b/1.PNG': dot,
    'b/readme.md': '',
    'a/.hidden.png': dot,
    'a/3.png': dot,
    '.git/4.png': dot,
  }
  expect(await open(files, folderOf)).toMatchObject({
    names: ['a/3.png', 'b/1.PNG', 'b/x/2.png'],
    labels: [0, 1, 1],
    classNames: ['a', 'b'],
  })
})

test('a class folder may be a link', async () => {
  const [root, elsewhere] = [await temporaryFolder(), await temporaryFolder()]
  await writeFiles(elsewhere, { '1.png': dot })
  await symlink(elsewhere, join(root, 'linked'))
  expect((await openReader(dataDeclarationSchema.parse(folderOf), root)).classNames).toEqual(['linked'])
})

test('declared classes fix the numbers, also of classes that have no folder', async () => {
  const { labels, classNames } = await open({ 'cat/1.png': dot }, { ...folderOf, classes: ['ant', 'bee', 'cat'] })
  expect(labels).toEqual([2])
  expect(classNames).toEqual(['ant', 'bee', 'cat'])
})

test.each<[string, Files, readonly string[], readonly number[]]>([
  [
    'CSV with a header, other columns and quotes',
    { list: 'id,label,path\n1,4,"a, b.png"\n\n2,0,c.png' },
    ['a, b.png', 'c.png'],
    [4, 0],
  ],
  ['CSV with a byte order mark and CRLF', { list: '\ufeffpath,label\r\na.png,1\r\n' }, ['a.png'], [1]],
  [
    'JSON',
    { 'list.json': '[{ "path": "a.png", "label": 3 }, { "path": "b.png", "label": "2" }]' },
    ['a.png', 'b.png'],
    [3, 2],
  ],
])('an image list may be %s', async (_, files, names, labels) => {
  expect(await open(files, listOf(Object.keys(files)[0] ?? ''))).toMatchObject({ names, labels })
})

test('paths in a list start at its own folder', async () => {
  expect(await open({ 'lists/val.csv': '../images/a.png' }, listOf('lists/val.csv'))).toMatchObject({
    names: ['images/a.png'],
  })
})

const images = idxBytes([2, 1, 1], [1, 2])

test.each<[string, Files, DataDeclarationInput, string, RegExp]>([
  [
    'more labels than images',
    { images, labels: idxBytes([3], [0, 0, 0]) },
    { kind: 'idx', images: 'images', labels: 'labels' },
    'DATA_LABEL_COUNT',
    /3 labels, but .*images has 2 images/,
  ],
  [
    'an IDX label beyond the classes',
    { images, labels: idxBytes([2], [0, 5]) },
    { kind: 'idx', images: 'images', labels: 'labels', classes: 5 },
    'DATA_LABEL',
    /sample 1 of .*images is 5, but there are 5 classes/,
  ],
  [
    'an IDX file without images',
    { images: idxBytes([0, 28, 28], []) },
    { kind: 'idx', images: 'images' },
    'DATA_EMPTY',
    /no pixels/,
  ],
  ['a missing folder', {}, { ...folderOf, path: 'nowhere' }, 'DATA_FILE', /nowhere does not exist/],
  ['a file for a folder', { file: '' }, { ...folderOf, path: 'file' }, 'DATA_FILE', /is a file, not a folder/],
  ['an empty folder', {}, folderOf, 'DATA_EMPTY', /holds no images/],
  [
    'a class without images',
    { 'a/1.png': dot, 'b/1.txt': '' },
    folderOf,
    'DATA_EMPTY',
    /class folder .*b holds no images/,
  ],
  [
    'classes and loose images',
    { 'a/1.png': dot, '2.png': dot },
    folderOf,
    'DATA_FOLDER',
    /both class folders \(a\) and images \(2.png\)/,
  ],
  ['classes of a flat folder', { '1.png': dot }, { ...folderOf, classes: ['a'] }, 'DATA_FOLDER', /no class folders/],
  [
    'an undeclared class folder',
    { 'a/1.png': dot, 'b/1.png': dot },
    { ...folderOf, classes: ['a'] },
    'DATA_LABEL',
    /b is none of the declared/,
  ],
  ['a missing list', {}, listOf('list.csv'), 'DATA_FILE', /list.csv does not exist/],
  ['an empty list', { 'list.csv': 'path,label\n' }, listOf('list.csv'), 'DATA_EMPTY', /names no images/],
  ['a list that is no CSV', { 'list.csv': 'a.png,1\nb.png' }, listOf('list.csv'), 'DATA_LIST', /line 2/],
  [
    'three columns without a header',
    { 'list.csv': 'a.png,1,2' },
    listOf('list.csv'),
    'DATA_LIST',
    /line 1 has 3 columns/,
  ],
  [
    'a line without a path',
    { 'list.csv': 'path,label\na.png,1\n,2' },
    listOf('list.csv'),
    'DATA_LIST',
    /line 3 has no path/,
  ],
  ['a list that is no JSON', { 'list.json': '[{' }, listOf('list.json'), 'DATA_LIST', /JSON/],
  [
    'JSON of another form',
    { 'list.json': '[{ "file": "a.png" }]' },
    listOf('list.json'),
    'DATA_LIST',
    /entry 0 is neither a path nor an object of path and label/,
  ],
  ['JSON that is no list', { 'list.json': '{}' }, listOf('list.json'), 'DATA_LIST', /it holds no list/],
  [
    'a negative label',
    { 'list.csv': 'a.png,0\nb.png,-1' },
    listOf('list.csv'),
    'DATA_LABEL',
    /b.png \(line 2 of .*list.csv\) is -1/,
  ],
  [
    'a label beyond the classes',
    { 'list.csv': 'a.png,2' },
    { ...listOf('list.csv'), classes: ['cat', 'dog'] },
    'DATA_LABEL',
    /is 2, but there are 2 classes/,
  ],
  [
    'a name without declared classes',
    { 'list.csv': 'a.png,cat' },
    listOf('list.csv'),
    'DATA_LABEL',
    /"cat", which is no number/,
  ],
  [
    'a name that is no class',
    { 'list.csv': 'a.png,cow' },
    { ...listOf('list.csv'), classes: ['cat', 'dog'] },
    'DATA_LABEL',
    /"cow", which is none of the declared classes/,
  ],
  [
    'a label that is missing',
    { 'list.csv': 'path,label\na.png,1\nb.png,' },
    listOf('list.csv'),
    'DATA_LABEL',
    /b.png .* has no label/,
  ],
])('refuses %s', async (_, files, declaration, code, message) => {
  expect(await failureOf(open(files, declaration))).toEqual({
    code,
    message: expect.stringMatching(message),
    hint: expect.any(String),
  })
})

test('an image that a list names and that is missing is named when it is read', async () => {
  const { read } = await open({ 'list.csv': 'gone.png' }, listOf('list.csv'))
  expect(await failureOf(Promise.resolve(read(0)))).toMatchObject({
    code: 'DATA_FILE',
    message: expect.stringMatching(/gone\.png does not exist/),
  })
})

test.each<[string, readonly number[], readonly number[]]>([
  ['[N, H, W]', [2, 1, 2], [1, 2]],
  ['[N, H, W, 1]', [2, 1, 2, 1], [1, 2]],
  ['[N, 1, H, W]', [2, 1, 1, 2], [1, 2]],
  ['[N, H, W, 3]', [2, 1, 2, 3], [1, 2, 3, 4, 5, 6]],
  ['[N, 3, H, W]', [2, 3, 1, 2], [1, 3, 5, 2, 4, 6]],
])('images of NumPy are %s', async (_, dims, expected) => {
  const count = dims.reduce((product, dim) => product * dim, 1)
  const array = npyBytes(
    '|u1',
    dims,
    [...Array(count).keys()].map(n => n + 1),
  )
  const { read } = await open({ 'x.npy': array }, { kind: 'numpy', images: 'x.npy' })
  const { data, ...size } = await read(0)
  expect([...data]).toEqual(expected)
  expect(size).toEqual({ width: 2, height: 1, channels: expected.length === 2 ? 1 : 3 })
})

test.each<[string, Buffer, RegExp]>([
  ['floats', npyBytes('<f4', [1, 1, 1], [0, 0, 0, 0]), /float32 \[1, 1, 1\], but images are bytes/],
  ['two channels', npyBytes('|u1', [1, 2, 2, 2], new Array(8).fill(0)), /no array of images/],
  ['vectors', npyBytes('|u1', [1, 4], [0, 0, 0, 0]), /no array of images/],
])('NumPy arrays that are no images are told: %s', async (_, array, message) => {
  expect(await failureOf(open({ 'x.npy': array }, { kind: 'numpy', images: 'x.npy' }))).toMatchObject({
    code: 'DATA_IMAGE',
    message: expect.stringMatching(message),
    hint: expect.stringMatching(/kind: tensors/),
  })
})
