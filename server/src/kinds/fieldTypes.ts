/**
 * How a kind's fields are described. One table feeds validation, hover and completion; `role` is what rules and
 * features hang on, so that a CIDR is checked alike wherever it stands.
 */
export type Role =
  | 'api-version'
  | 'kind'
  | 'metadata'
  | 'subdomain-name'
  | 'name-prefix'
  | 'namespace-name'
  | 'labels'
  | 'annotations'
  | 'label-key'
  | 'label-value'
  | 'selector'
  | 'expression'
  | 'operator'
  | 'expression-values'
  | 'policy'
  | 'policy-spec'
  | 'policy-types'
  | 'policy-type'
  | 'rules'
  | 'rule'
  | 'peers'
  | 'peer'
  | 'ip-block'
  | 'cidr'
  | 'except'
  | 'ports'
  | 'policy-port'
  | 'protocol'
  | 'port'
  | 'end-port'
  | 'port-range'
  | 'action'
  | 'tier'
  | 'admin-subject'
  | 'admin-peer'
  | 'admin-port'
  | 'port-name'
  | 'domain-name'
  | 'domain-names'
  | 'setting'
  /** One of certain words. */
  | 'choice'
  | 'cilium-spec'
  | 'cilium-subject'
  | 'cilium-peer'
  | 'cilium-nodes'
  | 'cilium-sets'
  | 'cilium-labels'
  | 'cilium-label-key'
  | 'cilium-rules'
  | 'cilium-rule'
  | 'cilium-peers'
  | 'cilium-cidr-rule'
  | 'cilium-fqdn'
  | 'cilium-port-rules'
  | 'cilium-port-rule'
  | 'cilium-port-list'
  | 'cilium-port'
  | 'cilium-port-value'
  | 'cilium-http'
  | 'cilium-requires'
  | 'icmp-type'
  | 'server-name'
  | 'cilium-l7'
  | 'calico-spec'
  | 'calico-rules'
  | 'calico-rule'
  | 'calico-entity'
  | 'calico-selector'
  | 'calico-types'
  | 'calico-tier'
  /** A range, or one address. */
  | 'net'
  | 'calico-port'
  | 'calico-protocol';

interface TypeBase {
  readonly role?: Role;
}

export interface ObjectType extends TypeBase {
  readonly is: 'object';
  /** What messages call it: "a NetworkPolicy rule", with its article. */
  readonly name: string;
  readonly fields: Readonly<Record<string, Field>>;
  /** Other fields are allowed: the table lists only what netpol reads. */
  readonly open?: boolean;
  /** Of these fields exactly one must be there. */
  readonly exactlyOne?: readonly string[];
}

export interface ListType extends TypeBase {
  readonly is: 'list';
  readonly of: FieldType;
  readonly minItems?: number;
  readonly maxItems?: number;
  /** The API server refuses it with the same item twice; what messages call an item. */
  readonly unique?: string;
}

/** Any keys, values of one type. */
export interface MapType extends TypeBase {
  readonly is: 'map';
  readonly of: FieldType;
}

export interface ScalarType extends TypeBase {
  readonly is: 'string' | 'integer' | 'number' | 'boolean' | 'intOrString';
  /** Bounds of a number, inclusive. */
  readonly minimum?: number;
  readonly maximum?: number;
  /** The only values allowed, each with what it means. */
  readonly values?: Readonly<Record<string, string>>;
  /** Most characters of a string. */
  readonly maxLength?: number;
  /** A range that must be written with the first address of its network. */
  readonly exact?: boolean;
}

/** Not looked into. */
interface AnyType extends TypeBase {
  readonly is: 'any';
}

export type FieldType = ObjectType | ListType | MapType | ScalarType | AnyType;

export interface Field {
  readonly type: FieldType;
  /** One or two sentences: what the field is. */
  readonly doc: string;
  /** What leaving it out means, as a clause: "every port is allowed". */
  readonly absent?: string;
  /** What `{}` or `[]` means here, as a clause. */
  readonly empty?: string;
  /** The API server refuses the object without it. A list: one of these fields must stand instead. */
  readonly required?: true | readonly string[];
  /** A snippet body for completion where the plain type gives too little; LSP snippet syntax. */
  readonly snippet?: string;
  /** Set by the server, never written by hand: left out of completion. */
  readonly serverSide?: boolean;
}

/** A kind that netpol reads. */
export interface KindTable {
  readonly apiVersion: string;
  readonly kind: string;
  readonly type: ObjectType;
  /** Page of the Kubernetes (or vendor's) documentation. */
  readonly url: string;
  /** Its objects live in a namespace. */
  readonly namespaced: boolean;
  /** Unknown fields, types and names are checked; otherwise the table only names what netpol reads. */
  readonly validated: boolean;
  /** A whole object of the kind, as a snippet body. */
  readonly skeleton?: string;
  /** The only name that an object of the kind may have. */
  readonly fixedName?: string;
}
