/**
 * The share of the full learning rate at a step: rises in a line over the first `warmup` steps, then falls as half a
 * cosine wave to 0 at the end (Loshchilov and Hutter 2017, "SGDR", without restarts).
 * @param step from 0
 */
export function cosine(step: number, steps: number, warmup: number): number {
  if (step < warmup) return (step + 1) / warmup
  return (1 + Math.cos((Math.PI * (step - warmup)) / Math.max(1, steps - warmup))) / 2
}
