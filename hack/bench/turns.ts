/** The sides of a round, from another one on in each: the machine may be slower the longer it is busy. */
export function inTurn<Side>(sides: readonly Side[], round: number): readonly Side[] {
  const first = (round - 1) % Math.max(1, sides.length);
  return [...sides.slice(first), ...sides.slice(0, first)];
}
