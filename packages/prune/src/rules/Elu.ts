import { defineElementwise } from './elementwise.ts'

export const Elu = defineElementwise('Elu')
