/** How many items two lists have in common at the front, and how many of the others at the back: between them is all that differs. */
export function sameEnds<A, B>(
  a: readonly A[],
  b: readonly B[],
  same: (one: A, other: B) => boolean = Object.is,
): { readonly front: number; readonly back: number } {
  const most = Math.min(a.length, b.length);
  let front = 0;
  while (front < most && same(a[front] as A, b[front] as B)) front++;
  let back = 0;
  while (back < most - front && same(a[a.length - 1 - back] as A, b[b.length - 1 - back] as B)) back++;
  return { front, back };
}
