import { elementwise } from '../elementwise.ts'

export const Add = elementwise('Add')
