/** A policy says what the language of another plugin cannot; the message says what, for people. */
export class Unsayable extends Error {}

export function refuse(reason: string): never {
  throw new Unsayable(reason);
}
