/**
 * A message with some fields replaced; unknown fields come along. A field that is absent and stays at its default stays
 * absent: protobuf tells the two apart.
 */
export function copyOf<Message extends object>(message: Message, fields: Partial<Message>): Message {
  const copy: Message = Object.assign(Object.create(Object.getPrototypeOf(message)), message)
  for (const key of Object.keys(fields) as (keyof Message)[])
    if (copy[key] !== fields[key]) Object.assign(copy, { [key]: fields[key] })
  return copy
}
