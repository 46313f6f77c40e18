import { readFileSync } from 'node:fs'

/** Of this process alone: what the system says of a process's resources begins at what its parent had. Linux only. */
export const peakMegabytes = (): number =>
  Number(/VmHWM:\s+(\d+)/.exec(readFileSync('/proc/self/status', 'utf8'))?.[1]) / 1024
