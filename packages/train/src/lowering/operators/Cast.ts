import { elementwise } from '../elementwise.ts'

export const Cast = elementwise('Cast')
