import type { Field, ObjectType, ScalarType } from '../fieldTypes.ts';

/** The ports of the cluster-wide policies of SIG Network. Source: kubernetes-sigs/network-policy-api 0.1.7 and 0.3.0: config/crd. */

/** What is not in the standard channel of the API's custom resource definitions. */
export const experimental = 'Of the API’s experimental channel: a cluster with the standard one refuses it.';

const protocol: ScalarType = {
  is: 'string',
  role: 'protocol',
  values: { TCP: 'Transmission Control Protocol; also the default.', UDP: 'User Datagram Protocol.', SCTP: 'Stream Control Transmission Protocol.' },
};
const portNumber: ScalarType = { is: 'integer', role: 'port' };
const portName: ScalarType = { is: 'string', role: 'port-name' };

const rangeFields = {
  start: { type: portNumber, doc: 'First port of the range.', required: true },
  end: { type: portNumber, doc: 'Last port of the range, inclusive, after `start`.', required: true },
} as const satisfies Record<string, Field>;

/** Ports as v1alpha1 writes them. */
export const oldPort: ObjectType = {
  is: 'object',
  name: 'a port of a rule',
  role: 'admin-port',
  exactlyOne: ['portNumber', 'namedPort', 'portRange'],
  fields: {
    portNumber: {
      type: {
        is: 'object',
        name: 'a port number',
        fields: {
          protocol: { type: protocol, doc: 'The protocol of the port.', absent: 'TCP' },
          port: { type: portNumber, doc: 'A port of the destination pods, 1 to 65535.', required: true },
        },
      },
      doc: 'One port by number.',
      snippet: '\n  protocol: ${1|TCP,UDP,SCTP|}\n  port: ${2:80}',
    },
    namedPort: {
      type: portName,
      doc: `A port of the destination pods by the name that a container gives it. ${experimental}`,
    },
    portRange: {
      type: {
        is: 'object',
        name: 'a port range',
        role: 'port-range',
        fields: { protocol: { type: protocol, doc: 'The protocol of the ports.', absent: 'TCP' }, ...rangeFields },
      },
      doc: 'A range of ports.',
      snippet: '\n  protocol: ${1|TCP,UDP,SCTP|}\n  start: ${2:8000}\n  end: ${3:8080}',
    },
  },
};

const destination: ObjectType = {
  is: 'object',
  name: 'a protocol of a rule',
  fields: {
    destinationPort: {
      type: {
        is: 'object',
        name: 'a destination port',
        exactlyOne: ['number', 'range'],
        fields: {
          number: { type: portNumber, doc: 'One port by number.' },
          range: {
            type: { is: 'object', name: 'a port range', role: 'port-range', fields: rangeFields },
            doc: 'A range of ports.',
            snippet: '\n  start: ${1:8000}\n  end: ${2:8080}',
          },
        },
      },
      doc: 'The ports of the destination; for all of them the range from 1 to 65535.',
      required: true,
      snippet: '\n  number: ${1:80}',
    },
  },
};

/** Protocols and ports as v1alpha2 and v1beta1 write them. */
export const newPort: ObjectType = {
  is: 'object',
  name: 'a protocol of a rule',
  role: 'admin-port',
  exactlyOne: ['tcp', 'udp', 'sctp', 'destinationNamedPort'],
  fields: {
    tcp: { type: destination, doc: 'TCP, on the ports given.', snippet: '\n  destinationPort:\n    number: ${1:80}' },
    udp: { type: destination, doc: 'UDP, on the ports given.', snippet: '\n  destinationPort:\n    number: ${1:53}' },
    sctp: { type: destination, doc: 'SCTP, on the ports given.', snippet: '\n  destinationPort:\n    number: ${1:9003}' },
    destinationNamedPort: {
      type: portName,
      doc: `A port of the destination pods by the name that a container gives it, with that container’s protocol. ${experimental}`,
    },
  },
};
