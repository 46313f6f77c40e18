import { existsSync } from 'node:fs'
import { join } from 'node:path'
import sharp from 'sharp'
import { expect, test } from 'vitest'
import { decodeImage, isImageName } from './decode-image.ts'
import { failureOf, png, temporaryFolder, writeFiles } from './testing/files.ts'

async function decode(content: Uint8Array, name = 'image.png') {
  const folder = await temporaryFolder()
  await writeFiles(folder, { [name]: content })
  const { data, ...size } = await decodeImage(join(folder, name))
  return { ...size, data: [...data] }
}

test('decodes grey and colour, and drops alpha', async () => {
  expect(await decode(await png([[0, 128, 255]]))).toEqual({ width: 3, height: 1, channels: 1, data: [0, 128, 255] })
  const colour = { width: 1, height: 2, channels: 3, data: [1, 2, 3, 4, 5, 6] }
  expect(await decode(await png([[[1, 2, 3]], [[4, 5, 6]]]))).toEqual(colour)
  expect(await decode(await png([[[1, 2, 3, 0]], [[4, 5, 6, 99]]]))).toEqual(colour)
})

test('decodes 16 bits a channel to 8', async () => {
  const grey = await sharp(Uint8Array.from([0, 64, 255]), { raw: { width: 3, height: 1, channels: 1 } })
    .toColourspace('grey16')
    .png()
    .toBuffer()
  expect((await sharp(grey).metadata()).depth).toBe('ushort')
  expect(await decode(grey)).toMatchObject({ channels: 1, data: [0, 64, 255] })
})

test('sets a turned photograph upright', async () => {
  const turned = await sharp(
    await png([
      [
        [1, 2, 3],
        [4, 5, 6],
      ],
    ]),
  )
    .withMetadata({ orientation: 3 })
    .png()
    .toBuffer()
  expect(await decode(turned)).toMatchObject({ data: [4, 5, 6, 1, 2, 3] })
})

test('a file that does not decode is named', async () => {
  const whole = await sharp({
    create: {
      width: 64,
      height: 64,
      channels: 3,
      background: 'green',
      noise: { type: 'gaussian', mean: 128, sigma: 30 },
    },
  })
    .jpeg()
    .toBuffer()
  for (const content of [Buffer.from('no image'), new Uint8Array(), whole.subarray(0, whole.length / 2)])
    expect(await failureOf(decode(content, 'cat.jpg'))).toMatchObject({
      code: 'DATA_IMAGE',
      message: expect.stringMatching(/cat\.jpg does not decode as an image/),
      hint: expect.stringMatching(/JPEG, PNG/),
    })
})

test('a small file that would unfold to gigabytes is refused', async () => {
  const one = { width: 16, height: 16, channels: 3, background: 'green' } as const
  const file = await sharp({ create: one }).webp({ lossless: true }).toBuffer()
  // 14 bits each for width − 1 and height − 1 (WebP Lossless Bitstream, "RIFF Header").
  file.writeUInt32LE((file.readUInt32LE(21) & 0xf000_0000) | 0x3ffe | (0x3ffe << 14), 21)
  expect(await failureOf(decode(file, 'bomb.webp'))).toMatchObject({
    code: 'DATA_IMAGE',
    message: expect.stringMatching(/declares 16383×16383 pixels in \d\d bytes/),
  })
})

test('knows images by their extension', () => {
  expect(['a.jpg', 'a.JPEG', 'b/c.png', 'a.webp'].every(isImageName)).toBe(true)
  expect(['a.txt', 'jpg', 'a.jpg.bak'].some(isImageName)).toBe(false)
})

test.runIf(existsSync('/dev/null'))('a device is no image: it may have no end', async () => {
  expect(await failureOf(decodeImage('/dev/null'))).toMatchObject({
    code: 'DATA_FILE',
    message: expect.stringMatching(/a device or a pipe, not a file/),
  })
})
