import { type InhibitRule, is, isNot, isOneOf } from './alert-route.ts';

const ours = isNot('system', '');
const ofOthers = is('system', '');

/** Where something of a concern is critical, warnings of the same concern and service say nothing more; of volumes and certificates, of which a system has several, those of the same one. */
export const ownInhibitRules: readonly InhibitRule[] = [
  {
    source: [ours, is('severity', 'critical')],
    target: [ours, is('severity', 'warning')],
    equal: ['system', 'service', 'concern', 'persistentvolumeclaim', 'name'],
  },
];

/**
 * Those that kube-prometheus-stack has for its own alerts. Without `system=""` they would hold ours back as well: what is critical of one service would hide the warning
 * of the same name of another.
 */
export const stackInhibitRules: readonly InhibitRule[] = [
  {
    source: [ofOthers, is('severity', 'critical')],
    target: [ofOthers, isOneOf('severity', ['warning', 'info'])],
    equal: ['namespace', 'alertname'],
  },
  {
    source: [ofOthers, is('severity', 'warning')],
    target: [ofOthers, is('severity', 'info')],
    equal: ['namespace', 'alertname'],
  },
  {
    source: [ofOthers, is('alertname', 'InfoInhibitor')],
    target: [ofOthers, is('severity', 'info')],
    equal: ['namespace'],
  },
];
