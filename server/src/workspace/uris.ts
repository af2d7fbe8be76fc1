/** A file's name with its extension, as it stands in its URI or path. */
export const baseName = (uri: string): string => uri.slice(uri.lastIndexOf('/') + 1);

/** A file's name, for people. */
export const nameOf = (uri: string): string => decodeURIComponent(baseName(uri));

/** A name as it stands in a URI. Of the ways in which that may be written it is VS Code's: all is encoded that may be. */
export const inUri = (name: string): string =>
  encodeURIComponent(name).replace(/[!'()*]/g, (character) => `%${character.charCodeAt(0).toString(16).toUpperCase()}`);

function decoded(part: string): string {
  try {
    return decodeURIComponent(part);
  } catch {
    // A percent sign that encodes nothing: it stands for itself.
    return part;
  }
}

/**
 * A `file:` URI in the one spelling that everything here is compared in; others are given back as they are. Of one file there may be several:
 * `file:///C:/a(b).yaml`, `file:///c%3A/a%28b%29.yaml`.
 */
export function spelledAlike(uri: string): string {
  const parts = /^file:\/\/([^/]*)(\/.*)$/i.exec(uri);
  if (!parts || /^file:\/\/\/[\w.~/-]*$/.test(uri)) return uri;
  const [, host = '', path = ''] = parts;
  const drive = (part: string) => (/^[A-Z]:$/.test(part) ? part.toLowerCase() : part);
  const names = path.split('/').map((part, i) => inUri(i === 1 ? drive(decoded(part)) : decoded(part)));
  return `file://${host.toLowerCase()}${names.join('/')}`;
}
