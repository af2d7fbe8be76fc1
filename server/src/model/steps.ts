/** Work that may be left between its steps, so that others get their turn, and taken up again. */
export type Steps<T> = Generator<void, T>;

/** Takes all steps at once. */
export function finished<T>(steps: Steps<T>): T {
  for (;;) {
    const { done, value } = steps.next();
    if (done) return value;
  }
}
