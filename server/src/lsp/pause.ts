declare const setImmediate: ((run: () => void) => unknown) | undefined;

/** Turns of the event loop that a request takes from the pipe to its answer. */
const turnsOfRequest = 4;

// Where there are immediates, turns cost next to nothing; a timer costs a millisecond each time.
const soon = typeof setImmediate === 'function' ? setImmediate : undefined;

/** Lets requests that wait go first. */
export async function pause(): Promise<void> {
  if (!soon) return new Promise((resolve) => setTimeout(resolve, 0));
  for (let turn = 0; turn < turnsOfRequest; turn++) await new Promise<void>((resolve) => soon(resolve));
}
