import { elementwise } from '../elementwise.ts'

export const GreaterOrEqual = elementwise('GreaterOrEqual')
