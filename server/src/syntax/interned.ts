import { detached } from '../model/detached.ts';

const words = new Map<string, string>();

/** One string for all texts that are the same. The few words that manifests consist of are compared and looked up all the time. */
export function interned(text: string): string {
  if (text.length > 40) return text;
  const known = words.get(text);
  if (known !== undefined) return known;
  if (words.size >= 5000) words.clear();
  const own = detached(text);
  words.set(own, own);
  return own;
}
