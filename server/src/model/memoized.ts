import { detached } from './detached.ts';

/**
 * A pure function of a text that remembers its latest answers: in a cluster's policies the same few keys and ranges stand
 * a thousand times. `most` bounds what is kept.
 */
export function memoized<T>(compute: (text: string) => T, most = 2000): (text: string) => T {
  const known = new Map<string, { readonly answer: T }>();
  return (text) => {
    let found = known.get(text);
    if (!found) {
      if (known.size >= most) known.clear();
      found = { answer: compute(text) };
      known.set(detached(text), found);
    }
    return found.answer;
  };
}

/** A pure function of an object that never changes, which remembers its answers as long as the objects live. */
export function memoizedByObject<Subject extends object, T extends object>(compute: (subject: Subject) => T): (subject: Subject) => T {
  const known = new WeakMap<Subject, T>();
  return (subject) => {
    let answer = known.get(subject);
    if (!answer) {
      answer = compute(subject);
      known.set(subject, answer);
    }
    return answer;
  };
}
