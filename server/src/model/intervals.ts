/**
 * Sets of whole numbers as sorted, disjoint, not touching ranges, both ends inclusive: [first, last, first, last, …].
 * Ports are kept as numbers, addresses as bigints; one set holds one of the two.
 */
export type Intervals<T extends number | bigint> = readonly T[];

const after = <T extends number | bigint>(value: T): T => (typeof value === 'bigint' ? value + 1n : (value as number) + 1) as T;
const before = <T extends number | bigint>(value: T): T => (typeof value === 'bigint' ? value - 1n : (value as number) - 1) as T;

/** Numbers that are in either set. */
export function union<T extends number | bigint>(a: Intervals<T>, b: Intervals<T>): Intervals<T> {
  if (a.length === 0 || a === b) return b;
  if (b.length === 0) return a;
  const merged: T[] = [];
  let [i, j] = [0, 0];
  while (i < a.length || j < b.length) {
    const fromA = j >= b.length || (i < a.length && (a[i] as T) <= (b[j] as T));
    const [first, last] = (fromA ? [a[i], a[i + 1]] : [b[j], b[j + 1]]) as [T, T];
    if (fromA) i += 2;
    else j += 2;
    const end = merged.at(-1);
    if (end !== undefined && first <= after(end)) {
      if (last > end) merged[merged.length - 1] = last;
    } else merged.push(first, last);
  }
  return merged;
}

/** Numbers that are in both sets. */
export function intersection<T extends number | bigint>(a: Intervals<T>, b: Intervals<T>): Intervals<T> {
  if (a === b) return a;
  const common: T[] = [];
  let [i, j] = [0, 0];
  while (i < a.length && j < b.length) {
    const [aFirst, aLast, bFirst, bLast] = [a[i], a[i + 1], b[j], b[j + 1]] as [T, T, T, T];
    const first = aFirst > bFirst ? aFirst : bFirst;
    const last = aLast < bLast ? aLast : bLast;
    if (first <= last) common.push(first, last);
    if (aLast < bLast) i += 2;
    else j += 2;
  }
  return common;
}

/** Numbers of `a` that are not in `b`. */
export function difference<T extends number | bigint>(a: Intervals<T>, b: Intervals<T>): Intervals<T> {
  if (a.length === 0 || b.length === 0) return a;
  const left: T[] = [];
  let j = 0;
  for (let i = 0; i < a.length; i += 2) {
    let first = a[i] as T;
    const last = a[i + 1] as T;
    while (j < b.length && (b[j + 1] as T) < first) j += 2;
    for (let k = j; k < b.length && (b[k] as T) <= last && first <= last; k += 2) {
      if ((b[k] as T) > first) left.push(first, before(b[k] as T));
      first = after(b[k + 1] as T);
    }
    if (first <= last) left.push(first, last);
  }
  return left;
}

export const equal = <T extends number | bigint>(a: Intervals<T>, b: Intervals<T>): boolean =>
  a === b || (a.length === b.length && a.every((value, i) => value === b[i]));

export function contains<T extends number | bigint>(set: Intervals<T>, value: T): boolean {
  for (let i = 0; i < set.length; i += 2) if (value >= (set[i] as T) && value <= (set[i + 1] as T)) return true;
  return false;
}
