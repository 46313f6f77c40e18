import { elementwise } from '../elementwise.ts'

export const Log = elementwise('Log')
