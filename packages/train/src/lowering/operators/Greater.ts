import { elementwise } from '../elementwise.ts'

export const Greater = elementwise('Greater')
