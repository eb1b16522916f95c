/**
 * What separates words, for PostgreSQL's parser would take an e-mail address or a path for one word. Migration 0004
 * does the same to what is searched.
 */
const punctuation = /[!-/:-@[-`{-~]+/g;

/** The words of a search, without ASCII punctuation. */
export function searchWords(text: string): readonly string[] {
  return text
    .replaceAll(punctuation, " ")
    .split(/\s+/u)
    .filter((word) => /[\p{L}\p{N}]/u.test(word));
}

/** The search as `to_tsquery` reads it: every word has to occur, or a longer one that begins with it. */
export function searchQuery(text: string): string {
  // The quotes make one word of whatever stands between them; none is left within.
  return searchWords(text)
    .map((word) => `'${word}':*`)
    .join(" & ");
}
