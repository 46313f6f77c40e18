import { elementwise } from '../elementwise.ts'

export const And = elementwise('And')
