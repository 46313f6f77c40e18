import { elementwise } from '../elementwise.ts'

export const LessOrEqual = elementwise('LessOrEqual')
