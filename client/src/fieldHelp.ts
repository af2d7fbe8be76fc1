import picomatch from 'picomatch';

/** Who explains fields and offers keys: netpol, or the extension that has a Kubernetes schema for the file. */
export type FieldHelp = 'auto' | 'always' | 'never';

/** What decides where the setting is `auto`. */
export interface Neighbours {
  /** Red Hat's YAML extension is there and enabled. */
  readonly yamlExtension: boolean;
  /** The Kubernetes extension is there: it gives the YAML extension schemas for every manifest. */
  readonly kubernetesExtension: boolean;
  /** The setting `yaml.schemas`: schema → glob or globs. */
  readonly schemas: Readonly<Record<string, unknown>>;
}

/** Path of the file, with slashes, and its first lines. */
export interface ManifestFile {
  readonly path: string;
  readonly beginning: string;
}

const isKubernetes = (schema: string): boolean => /kubernetes/i.test(schema);

/** The YAML extension matches a glob against the end of a path. Source: redhat-developer/yaml-language-server, filePatternAssociation. */
function matches(globs: unknown, path: string): boolean {
  const list = (Array.isArray(globs) ? globs : [globs]).filter((glob): glob is string => typeof glob === 'string');
  return list.some((glob) => picomatch.isMatch(path, [glob, `**/${glob.replace(/^\.?\//, '')}`], { dot: true }));
}

const modeline = /^#\s*yaml-language-server:\s*\$schema=(\S+)/m;

/** Whether the YAML extension has a Kubernetes schema loaded for a file. A schema named in the file itself wins over the settings. */
function hasKubernetesSchema({ kubernetesExtension, schemas }: Neighbours, { path, beginning }: ManifestFile): boolean {
  const named = modeline.exec(beginning)?.[1];
  if (named !== undefined) return isKubernetes(named);
  return kubernetesExtension || Object.entries(schemas).some(([schema, globs]) => isKubernetes(schema) && matches(globs, path));
}

/** Resolves `auto`: netpol is silent about fields where another extension speaks about them already. */
export function resolveFieldHelp(setting: FieldHelp | undefined, neighbours: Neighbours, file: ManifestFile): 'always' | 'never' {
  if (setting === 'always' || setting === 'never') return setting;
  return neighbours.yamlExtension && hasKubernetesSchema(neighbours, file) ? 'never' : 'always';
}
