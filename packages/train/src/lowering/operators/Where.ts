import { elementwise } from '../elementwise.ts'

export const Where = elementwise('Where')
