import { baseName } from './uris.ts';

/** Network plugins, as the setting `netpol.engine` names them. */
export const engines = {
  none: 'no network policy engine',
  'azure-npm': 'Azure Network Policy Manager on Linux',
  'azure-npm-windows': 'Azure Network Policy Manager on Windows',
  cilium: 'Cilium',
  calico: 'Calico',
  antrea: 'Antrea',
  'ovn-kubernetes': 'OVN-Kubernetes',
  'aws-vpc-cni': 'the AWS VPC CNI',
  'gke-dataplane-v2': 'GKE Dataplane V2',
  'kube-router': 'kube-router',
  weave: 'Weave Net',
  flannel: 'Flannel',
} as const;

export type Engine = keyof typeof engines;

export const isEngine = (text: unknown): text is Engine => typeof text === 'string' && Object.hasOwn(engines, text);

/** A sign of the engine in some file. */
export interface EngineEvidence {
  readonly engine: Engine;
  /** What was seen, as a noun: "a CiliumNetworkPolicy", "network_policy = "calico"". */
  readonly sign: string;
}

interface Sign {
  readonly pattern: RegExp;
  readonly engine: (match: RegExpExecArray) => Engine | undefined;
}

const named = (name: Engine) => () => name;

/** Azure's words for its engines. Source: hashicorp/terraform-provider-azurerm docs kubernetes_cluster (network_profile); Microsoft.ContainerService/managedClusters. */
const azure = (match: RegExpExecArray): Engine | undefined =>
  (({ azure: 'azure-npm', calico: 'calico', cilium: 'cilium', none: 'none' }) as const)[(match[1] as string).toLowerCase()];

/** Custom resources that only one engine reads, and engines installed by a manifest, chart or Flux release. */
const manifestSigns: readonly Sign[] = [
  { pattern: /^[ \t]*apiVersion:\s*["']?cilium\.io\/v[\w.]+/m, engine: named('cilium') },
  { pattern: /^[ \t]*apiVersion:\s*["']?(?:crd\.)?projectcalico\.org\/v[\w.]+/m, engine: named('calico') },
  { pattern: /^[ \t]*apiVersion:\s*["']?operator\.tigera\.io\/v[\w.]+/m, engine: named('calico') },
  { pattern: /^[ \t]*apiVersion:\s*["']?crd\.antrea\.io\/v[\w.]+/m, engine: named('antrea') },
  { pattern: /^[ \t]*apiVersion:\s*["']?k8s\.ovn\.org\/v[\w.]+/m, engine: named('ovn-kubernetes') },
  { pattern: /^[ \t]*image:\s*["']?\S*\/azure-npm:\S+/m, engine: named('azure-npm') },
  { pattern: /^[ \t]*image:\s*["']?\S*cloudnativelabs\/kube-router:\S+/m, engine: named('kube-router') },
];

/** Dependencies of charts and Flux releases: `- name: cilium`, `chart: cilium`. */
const chartSigns: readonly Sign[] = [
  {
    pattern: /^[ \t]*(?:-[ \t]*)?(?:name|chart):\s*["']?(cilium|tigera-operator|antrea|kube-router)["']?\s*$/m,
    engine: (match) => charts[match[1] as string],
  },
];
const charts: Readonly<Record<string, Engine>> = { cilium: 'cilium', 'tigera-operator': 'calico', antrea: 'antrea', 'kube-router': 'kube-router' };

/** Values of the chart aws-vpc-cni. Source: aws/amazon-vpc-cni-k8s charts/aws-vpc-cni/values.yaml. */
const valuesSigns: readonly Sign[] = [{ pattern: /^[ \t]*enableNetworkPolicy:\s*["']?true/m, engine: named('aws-vpc-cni') }];

const terraformSigns: readonly Sign[] = [
  { pattern: /^[ \t]*network_data_plane\s*=\s*"cilium"/m, engine: named('cilium') },
  { pattern: /^[ \t]*network_policy\s*=\s*"(azure|calico|cilium)"/m, engine: azure },
  { pattern: /^[ \t]*datapath_provider\s*=\s*"ADVANCED_DATAPATH"/m, engine: named('gke-dataplane-v2') },
  { pattern: /enableNetworkPolicy"?\s*[=:]\s*"?true/, engine: named('aws-vpc-cni') },
];

const bicepSigns: readonly Sign[] = [
  { pattern: /^[ \t]*networkDataplane:\s*'cilium'/m, engine: named('cilium') },
  { pattern: /^[ \t]*networkPolicy:\s*'(azure|calico|cilium|none)'/m, engine: azure },
];

/** Files beyond manifests that may tell the engine. */
export const maySayEngine = (path: string): boolean => /\.(tf|bicep)$/.test(path);

function signsFor(path: string): readonly Sign[] {
  const name = baseName(path);
  if (name.endsWith('.tf')) return terraformSigns;
  if (name.endsWith('.bicep')) return bicepSigns;
  if (name === 'Chart.yaml') return chartSigns;
  return /values[\w.-]*\.ya?ml$/.test(name) ? valuesSigns : manifestSigns;
}

/** What some sign of a manifest looks like: most manifests hold none, and are looked at once. Each begins with a word, which is looked for fast. */
const manifestHints = [
  /apiVersion:\s*["']?(?:cilium\.io|(?:crd\.)?projectcalico\.org|operator\.tigera\.io|crd\.antrea\.io|k8s\.ovn\.org)\/v/,
  /image:\s+["']?\S*(?:azure-npm|cloudnativelabs\/kube-router):/,
];
const releaseHint = /kind:\s*["']?HelmRelease/;

/** What a file says of the engine, judged by its text; undefined where it says nothing. `path` decides how to read it. */
export function engineEvidence(path: string, text: string): EngineEvidence | undefined {
  const isRelease = releaseHint.test(text) && /^[ \t]*kind:\s*["']?HelmRelease/m.test(text);
  const signs = isRelease ? [...manifestSigns, ...chartSigns] : signsFor(path);
  if (signs === manifestSigns && !manifestHints.some((hint) => hint.test(text))) return undefined;
  for (const { pattern, engine } of signs) {
    const match = pattern.exec(text);
    const found = match && engine(match);
    if (match && found) return { engine: found, sign: match[0].trim() };
  }
  return undefined;
}
