/**
 * Notes a value as the latest one in a map that holds so many at most: the one that was noted longest ago goes first.
 *
 * @param map in the order in which values were noted, as this leaves it
 */
export function noteLatest<K, V>(map: Map<K, V>, largest: number, key: K, value: V): void {
  map.delete(key);
  map.set(key, value);
  if (map.size <= largest) return;
  const [oldest] = map.keys();
  if (oldest !== undefined) map.delete(oldest);
}
