import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { storeSecret, storeSecretKeys } from '../../model/index.ts';
import { inClusterStores } from '../identity.ts';
import { type StoreProps, StoreWorkload } from './store-workload.ts';

const dataPath = '/data';
const health = '/healthz';

/**
 * An S3 gateway for the one service of a system that keeps objects: its account is the gateway's only one. Each object is a file on the volume.
 *
 * The keys are read when it starts: after a change, `kubectl rollout restart statefulset/objects`.
 */
export class ObjectStore extends Construct {
  constructor(scope: Construct, id: string, props: StoreProps<'objects'>) {
    super(scope, id);
    const secret = storeSecret(props.users[0]?.service.name ?? '', 'objects');
    new StoreWorkload(this, 'workload', {
      ...props,
      kind: 'objects',
      component: 'object-store',
      ...s3Gateway(inClusterStores.objects.port, secret),
    });
  }
}

/** The gateway as a store. @param secret with the keys of its one account */
export function s3Gateway(port: number, secret: string) {
  const key = (key: string) => ({ secretKeyRef: { name: secret, key } });
  const get = { httpGet: { path: health, port: k8s.IntOrString.fromNumber(port) }, timeoutSeconds: 5 };
  return {
    dataPath,
    // An upload that is under way may end.
    gracePeriod: 60,
    container: {
      args: ['--quiet', 'posix', dataPath],
      env: [
        { name: 'VGW_PORT', value: `:${port}` },
        { name: 'VGW_HEALTH', value: health },
        { name: 'ROOT_ACCESS_KEY_ID', valueFrom: key(storeSecretKeys.accessKeyId) },
        { name: 'ROOT_SECRET_ACCESS_KEY', valueFrom: key(storeSecretKeys.secretAccessKey) },
      ],
      startupProbe: { ...get, periodSeconds: 2, failureThreshold: 60 },
      livenessProbe: { ...get, periodSeconds: 10, failureThreshold: 6 },
      readinessProbe: { ...get, periodSeconds: 5, failureThreshold: 2 },
      volumeMounts: [{ name: 'tmp', mountPath: '/tmp' }],
    },
    volumes: [{ name: 'tmp', emptyDir: { sizeLimit: k8s.Quantity.fromString('64Mi') } }],
  };
}
