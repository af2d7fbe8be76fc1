import type { KindTable } from '../fieldTypes.ts';
import { labels, text } from './meta.ts';
import { kindTable, open, rawSelector, selector, template } from './workloads.ts';

/**
 * Custom resources that make pods, as far as netpol reads them. Sources: openshift/api apps/v1/types.go; argoproj/argo-rollouts
 * pkg/apis/rollouts/v1alpha1/types.go; knative/serving pkg/apis/serving/v1/service_types.go; prometheus-operator/prometheus-operator
 * pkg/apis/monitoring/v1; kubevirt/kubevirt staging/src/kubevirt.io/api/core/v1/types.go.
 */
const podMetadata = {
  type: open('the pods’ metadata', { labels: { type: labels, doc: 'Labels that the operator adds to the pods.' } }),
  doc: 'Metadata that the operator gives to the pods, beside its own.',
};

const operated = (kind: string, url: string): KindTable =>
  kindTable(
    'monitoring.coreos.com/v1',
    kind,
    open(`a ${kind}’s spec`, {
      podMetadata,
      hostNetwork: { type: { is: 'boolean' }, doc: 'The pods use their node’s network.' },
      serviceAccountName: { type: text, doc: 'The service account that the pods run as.' },
    }),
    { url },
  );

const operatorUrl = 'https://prometheus-operator.dev/docs/api-reference/api/';

export const customWorkloadTables: readonly KindTable[] = [
  kindTable('apps.openshift.io/v1', 'DeploymentConfig', open('a DeploymentConfig’s spec', { selector: rawSelector, template }), {
    url: 'https://docs.openshift.com/container-platform/latest/applications/deployments/what-deployments-are.html',
  }),
  kindTable('argoproj.io/v1alpha1', 'Rollout', open('a Rollout’s spec', { selector, template }), {
    url: 'https://argo-rollouts.readthedocs.io/en/stable/features/specification/',
  }),
  kindTable('serving.knative.dev/v1', 'Service', open('a Knative Service’s spec', { template }), {
    url: 'https://knative.dev/docs/serving/',
  }),
  operated('Prometheus', operatorUrl),
  operated('Alertmanager', operatorUrl),
  operated('ThanosRuler', operatorUrl),
  kindTable(
    'kubevirt.io/v1',
    'VirtualMachine',
    open('a VirtualMachine’s spec', {
      template: {
        type: open('a VirtualMachine’s template', {
          metadata: {
            type: open('the virtual machine’s metadata', { labels: { type: labels, doc: 'Labels of the pod that runs the virtual machine.' } }),
            doc: 'Metadata of the pod.',
          },
          spec: { type: open('a virtual machine', {}), doc: 'The virtual machine.' },
        }),
        doc: 'The virtual machine that is run, each in a pod of its own.',
      },
    }),
    { url: 'https://kubevirt.io/user-guide/' },
  ),
];
