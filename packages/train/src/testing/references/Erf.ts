import { erf } from '../erf.ts'
import { defineElementwise } from './elementwise.ts'

export const Erf = defineElementwise('Erf', 'input', erf)
