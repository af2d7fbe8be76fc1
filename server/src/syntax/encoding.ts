/** Whether a decoded file is text: NUL stands in no YAML and in almost every binary. Looks at the first 8,000 characters. */
export const isText = (text: string): boolean => !text.slice(0, 8000).includes('\0');
