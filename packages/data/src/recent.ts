/** Keeps what was made last, as long as it fits into a budget; the newest is always kept. */
export function recent<Key, Value>(budget: number, sizeOf: (value: Value) => number) {
  const kept = new Map<Key, Value>()
  let total = 0
  return (key: Key, make: () => Value): Value => {
    const known = kept.get(key)
    if (known !== undefined) {
      kept.delete(key)
      kept.set(key, known)
      return known
    }
    const value = make()
    total += sizeOf(value)
    for (const [oldest, old] of kept) {
      if (total <= budget) break
      kept.delete(oldest)
      total -= sizeOf(old)
    }
    kept.set(key, value)
    return value
  }
}
