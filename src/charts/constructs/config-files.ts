import { createHash } from 'node:crypto';
import { k8s } from 'cdk8s-plus-27';
import { Construct } from 'constructs';
import { kubeObject } from './kube-object.ts';

export interface ConfigFilesProps {
  readonly metadata: k8s.ObjectMeta & { readonly name: string };
  /** The files' text by name. */
  readonly files: Readonly<Record<string, string>>;
}

/** Files for pods. Kubernetes rolls no pod when they change: the pods need `annotations`. */
export class ConfigFiles extends Construct {
  /** The volume that has them. */
  readonly volume: k8s.Volume;
  /** Changes with every file. */
  readonly annotations: Readonly<Record<string, string>>;

  constructor(scope: Construct, id: string, { metadata, files }: ConfigFilesProps) {
    super(scope, id);
    kubeObject(this, 'config-map', k8s.KubeConfigMap.manifest({ metadata, data: { ...files } }));
    this.volume = { name: 'config', configMap: { name: metadata.name } };
    const hash = createHash('sha256').update(JSON.stringify(files)).digest('hex').slice(0, 16);
    this.annotations = { 'trellis.dev/config-hash': hash };
  }
}
