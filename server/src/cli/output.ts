/** Exit codes of every command: fine; what was asked for is not so; the command could not run, or not on everything. */
export const exit = { fine: 0, no: 1, failed: 2 } as const;

/** Writes all of a text before the process ends: a pipe takes it in pieces. */
export const print = (stream: NodeJS.WriteStream, text: string): Promise<void> => new Promise((done) => stream.write(text, () => done()));

/** What a command did not read or follow, and what it did in part; the first two in sentences. */
interface Limits {
  readonly notes: readonly string[];
  readonly unread: readonly string[];
  readonly broken: readonly string[];
}

/** Says what was not followed, and which files could not be read, or in part; with such a file the command ends with 2, whatever it found. */
export async function tellOfLimits({ broken, notes, unread }: Limits): Promise<void> {
  for (const note of [...notes, ...unread]) await print(process.stderr, `netpol: ${note}\n`);
  for (const file of broken)
    await print(process.stderr, `netpol: ${file} cannot be parsed in full; "netpol check ${file}" says where. The rest was analysed.\n`);
  if (broken.length + unread.length > 0) process.exitCode = exit.failed;
}
