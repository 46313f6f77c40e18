import { defineElementwise } from './elementwise.ts'

export const PRelu = defineElementwise('PRelu')
