/**
 * A pure function of a text that remembers its latest answers: in a cluster's policies the same few keys and ranges stand
 * a thousand times. `most` bounds what is kept.
 */
export function memoized<T>(compute: (text: string) => T, most = 2000): (text: string) => T {
  const known = new Map<string, T>();
  return (text) => {
    const found = known.get(text);
    if (found !== undefined || known.has(text)) return found as T;
    if (known.size >= most) known.clear();
    const answer = compute(text);
    known.set(text, answer);
    return answer;
  };
}
