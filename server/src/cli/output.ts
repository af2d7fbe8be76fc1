/** Exit codes of every command: fine; what was asked for is not so; the command could not run, or not on everything. */
export const exit = { fine: 0, no: 1, failed: 2 } as const;

/** Writes all of a text before the process ends: a pipe takes it in pieces. */
export const print = (stream: NodeJS.WriteStream, text: string): Promise<void> => new Promise((done) => stream.write(text, () => done()));

/** Says which files could only be read in part; the command then ends with 2, whatever it found. */
export async function tellOfBroken(broken: readonly string[]): Promise<void> {
  for (const file of broken)
    await print(process.stderr, `netpol: ${file} cannot be parsed in full; "netpol check ${file}" says where. The rest was analysed.\n`);
  if (broken.length > 0) process.exitCode = exit.failed;
}

/** Markdown of the explanations as plain text. */
export const plain = (markdown: string): string => markdown.replaceAll('`', '');
