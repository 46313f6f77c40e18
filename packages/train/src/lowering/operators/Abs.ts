import { elementwise } from '../elementwise.ts'

export const Abs = elementwise('Abs')
