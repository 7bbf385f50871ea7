export { certManager } from './cert-manager.ts';
export { cloudNativePg } from './cloud-native-pg.ts';
export { keda } from './keda.ts';
export { kubeStateMetrics } from './kube-state-metrics.ts';
export { kubelet } from './kubelet.ts';
export { nodeProcess } from './node-process.ts';
export { prometheus } from './prometheus.ts';
