/**
 * The order in which Java's HashMap gives its keys. The mapper keeps settings in one (model/Context.java), so the order
 * of the elements that a template writes in a loop is that of the hashes, and not that of the file.
 */

/** `String.hashCode`. */
export function textHash(text: string): number {
  let hash = 0
  for (let i = 0; i < text.length; i++) hash = (Math.imul(31, hash) + text.charCodeAt(i)) | 0
  return hash
}

/** `List.hashCode` of a list of texts. */
export function listHash(list: readonly string[]): number {
  let hash = 1
  for (const text of list) hash = (Math.imul(31, hash) + textHash(text)) | 0
  return hash
}

/** Items in the order of a hash table that they are put into one by one; it never had fewer than `least` places. */
export function inHashOrder<T>(items: T[], hashOf: (item: T) => number, least = 16): T[] {
  let places = least
  while (items.length > places * 0.75) places *= 2
  const place = (item: T) => {
    const hash = hashOf(item)
    return (hash ^ (hash >>> 16)) & (places - 1)
  }
  // Within one place the order of insertion stays, also when the table grows; so does it in a stable sort.
  return items.map((item) => ({ item, at: place(item) })).sort((a, b) => a.at - b.at).map(({ item }) => item)
}

/** How many places a new hash table has that is filled with so many entries in one go. */
export function placesAtOnce(count: number): number {
  let places = 1
  while (places < Math.floor(count / 0.75 + 1)) places *= 2
  return places
}

/** How many places it has when so many entries are in it; it never shrinks. */
export function placesFor(count: number, had = 16): number {
  let places = had
  while (count > places * 0.75) places *= 2
  return places
}
