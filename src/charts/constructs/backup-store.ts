import { Construct } from 'constructs';
import { backupSecret } from '../../model/index.ts';
import { backupName, backupStore } from '../identity.ts';
import { isBackedUp } from '../placement.ts';
import { s3Gateway } from './object-store.ts';
import { type StoreProps, StoreWorkload } from './store-workload.ts';

/**
 * An S3 gateway of its own for the backups of a system's databases, with a volume and an account that no service has: whoever breaks into a service, or
 * loses the volume of a store, leaves the backups as they are.
 *
 * The keys are read when it starts: after a change, `kubectl rollout restart statefulset/backups`.
 */
export class BackupStore extends Construct {
  constructor(scope: Construct, id: string, props: StoreProps<'objects'>) {
    super(scope, id);
    new StoreWorkload(this, 'workload', {
      ...props,
      kind: 'objects',
      at: backupStore,
      component: 'backup-store',
      users: [],
      helpers: props.users.filter(isBackedUp).map(({ service }) => backupName(service.name)),
      ...s3Gateway(backupStore.port, backupSecret),
    });
  }
}
