import type { Steps } from '../model/steps.ts';

declare const setImmediate: ((run: () => void) => unknown) | undefined;

/** Turns of the event loop that a request takes from the pipe to its answer. */
const turnsOfRequest = 4;

// Where there are immediates, turns cost next to nothing; a timer costs a millisecond each time.
const soon = typeof setImmediate === 'function' ? setImmediate : undefined;

/** Longest time in ms that work which others wait for keeps the event loop from answering a request. */
const longestSlice = 6;

/** Work that others wait for, in slices of a few milliseconds. To wait thousands of times for nothing would take longer than the work: ask first. */
export class Slice {
  private readonly longest: number;
  private start = performance.now();

  /** `longest` in ms. */
  constructor(longest = longestSlice) {
    this.longest = longest;
  }

  get isOver(): boolean {
    return performance.now() - this.start >= this.longest;
  }

  /** Takes steps, and rests between those where it is time. */
  async through<T>(steps: Steps<T>): Promise<T> {
    for (let step = steps.next(); ; step = steps.next()) {
      if (step.done) return step.value;
      if (this.isOver) await this.rest();
    }
  }

  /** Lets requests that wait go first, and begins the next slice. */
  async rest(): Promise<void> {
    await pause();
    this.start = performance.now();
  }
}

let last: Promise<void> = Promise.resolve();

/** Lets requests that wait go first, and others that pause: of several kinds of work no two go on in one turn, or their slices would add up. */
export function pause(): Promise<void> {
  if (!soon) return new Promise((resolve) => setTimeout(resolve, 0));
  last = last.then(async () => {
    for (let turn = 0; turn < turnsOfRequest; turn++) await new Promise<void>((resolve) => soon(resolve));
  });
  return last;
}
