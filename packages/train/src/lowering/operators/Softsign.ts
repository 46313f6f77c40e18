import { elementwise } from '../elementwise.ts'

export const Softsign = elementwise('Softsign')
