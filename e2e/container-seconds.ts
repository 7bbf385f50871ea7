import { kubectl, podsIn } from './kubectl.ts';

/** What the kernel counts for a container, as version 1 and 2 of control groups tell it: nanoseconds, or microseconds. */
const read =
  'cat /sys/fs/cgroup/cpuacct/cpuacct.usage 2>/dev/null || echo "$(sed -n "s/^usage_usec //p" /sys/fs/cgroup/cpu.stat)000"';

/**
 * The CPU seconds that containers of a namespace have used so far. By the kernel itself, as a kubelet measures only now and then.
 *
 * @param containers by name, which is that of their pods too
 */
export async function containerSeconds(namespace: string, containers: readonly string[]): Promise<number> {
  const pods = await podsIn(namespace, `app.kubernetes.io/name in (${containers.join(',')})`);
  const nanoseconds = await Promise.all(
    pods.map(async ({ metadata: { name, labels } }) => {
      const container = labels['app.kubernetes.io/name'] ?? '';
      return Number(await kubectl(['exec', name, '-n', namespace, '-c', container, '--', 'sh', '-c', read]));
    }),
  );
  return nanoseconds.reduce((sum, each) => sum + each, 0) / 1e9;
}
