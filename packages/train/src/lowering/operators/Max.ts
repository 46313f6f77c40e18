import { elementwise } from '../elementwise.ts'

export const Max = elementwise('Max')
