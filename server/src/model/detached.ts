/** Length from which an engine makes a part of a text as a view of it. Source: v8/v8 src/objects/string.h (SlicedString::kMinLength). */
const shortestView = 13;

/** The same text in memory of its own: what is kept for long must not keep the whole document alive that it was a part of. */
export const detached = (text: string): string => (text.length < shortestView ? text : text.split('').join(''));
