/** What the work comes to; undefined when it fails, of which the problems tell then. */
export async function noting<T>(problems: string[], work: () => Promise<T>): Promise<T | undefined> {
  try {
    return await work();
  } catch (thrown) {
    const sentences: string[] = [];
    for (let each: unknown = thrown; each instanceof Error; each = each.cause) sentences.push(each.message);
    problems.push(sentences.length > 0 ? sentences.join(": ") : String(thrown));
    return undefined;
  }
}
