import { pathToFileURL } from 'node:url';
import { spelledAlike } from '../workspace/uris.ts';

/** The URI of a path, spelled as all are. */
export const fileUri = (path: string): string => spelledAlike(pathToFileURL(path).href);
