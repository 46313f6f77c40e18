import { elementwise } from '../elementwise.ts'

export const Div = elementwise('Div')
