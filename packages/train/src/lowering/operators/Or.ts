import { elementwise } from '../elementwise.ts'

export const Or = elementwise('Or')
