import type { Field, FieldType, ListType, MapType, ObjectType } from '../fieldTypes.ts';

export const text: FieldType = { is: 'string' };
const textList: ListType = { is: 'list', of: text };
export const anything: FieldType = { is: 'any' };

export const labels: MapType = { is: 'map', of: { is: 'string', role: 'label-value' }, role: 'labels' };

export const apiVersionField: Field = {
  type: { is: 'string', role: 'api-version' },
  doc: 'The API group and version that defines this kind of object.',
  required: true,
};

export const kindField: Field = { type: { is: 'string', role: 'kind' }, doc: 'The kind of object that this manifest describes.', required: true };

const serverSide = (doc: string, type: FieldType = anything): Field => ({ type, doc, serverSide: true });

/** ObjectMeta. Source: kubernetes/kubernetes staging/src/k8s.io/apimachinery/pkg/apis/meta/v1/types.go. */
export function objectMeta(namespaced: boolean): ObjectType {
  return {
    is: 'object',
    name: 'ObjectMeta',
    role: 'metadata',
    fields: {
      name: {
        type: { is: 'string', role: 'subdomain-name' },
        doc: 'The name of the object, unique among objects of its kind in its namespace. A DNS-1123 subdomain of at most 253 characters.',
        required: ['generateName'],
      },
      ...(namespaced
        ? {
            namespace: {
              type: { is: 'string', role: 'namespace-name' },
              doc: 'The namespace that the object lives in. A DNS-1123 label of at most 63 characters.',
              absent: 'the object goes into whatever namespace is active when it is applied',
            } satisfies Field,
          }
        : { namespace: { type: text, doc: 'Objects of this kind belong to no namespace.', serverSide: true } satisfies Field }),
      labels: {
        type: labels,
        doc: 'Keys and values that selectors match this object by. A policy’s own labels select nothing: what counts are the labels of pods and namespaces.',
      },
      annotations: {
        type: { is: 'map', of: text, role: 'annotations' },
        doc: 'Notes for tools and people. No selector matches them.',
      },
      generateName: {
        type: { is: 'string', role: 'name-prefix' },
        doc: 'A prefix from which the server makes a unique name, used only where `name` is left out.',
      },
      finalizers: { type: textList, doc: 'What must be done before the object may be deleted.' },
      ownerReferences: { type: { is: 'list', of: anything }, doc: 'The objects that this one is deleted with.' },
      creationTimestamp: serverSide('When the server created the object; set by the server.'),
      deletionGracePeriodSeconds: serverSide('Seconds until a deleted object goes; set by the server.'),
      deletionTimestamp: serverSide('When the object will be deleted; set by the server.'),
      generation: serverSide('Counts the versions of the wanted state; set by the server.'),
      managedFields: serverSide('Who manages which field; set by the server.'),
      resourceVersion: serverSide('Version of the stored object; set by the server.'),
      selfLink: serverSide('No longer set by any supported server.'),
      uid: serverSide('Unique id of the object; set by the server.'),
    },
  };
}

const operators = {
  In: 'The label’s value is one of `values`.',
  NotIn: 'The label’s value is none of `values`, or the label is missing.',
  Exists: 'The label is there, whatever its value. Takes no `values`.',
  DoesNotExist: 'The label is missing. Takes no `values`.',
};

const expression: ObjectType = {
  is: 'object',
  name: 'a match expression',
  role: 'expression',
  fields: {
    key: { type: { is: 'string', role: 'label-key' }, doc: 'The label key that the expression looks at.', required: true },
    operator: {
      type: { is: 'string', role: 'operator', values: operators },
      doc: 'How the label’s value is compared: `In`, `NotIn`, `Exists` or `DoesNotExist`.',
      required: true,
    },
    values: {
      type: { is: 'list', of: { is: 'string', role: 'label-value' }, role: 'expression-values' },
      doc: 'The values to compare with. `In` and `NotIn` need at least one, `Exists` and `DoesNotExist` allow none.',
    },
  },
};

/** LabelSelector. Source: kubernetes/kubernetes staging/src/k8s.io/apimachinery/pkg/apis/meta/v1/types.go. */
export const labelSelector: ObjectType = {
  is: 'object',
  name: 'a label selector',
  role: 'selector',
  fields: {
    matchLabels: {
      type: labels,
      doc: 'Labels that must all be there with exactly these values.',
      empty: 'no label is asked for, so everything matches',
    },
    matchExpressions: {
      type: { is: 'list', of: expression },
      doc: 'Conditions on labels, all of which must hold, together with `matchLabels`.',
      empty: 'no condition is asked for, so everything matches',
      snippet: '\n  - key: ${1:app}\n    operator: ${2|In,NotIn,Exists,DoesNotExist|}\n    values: [${3}]',
    },
  },
};
