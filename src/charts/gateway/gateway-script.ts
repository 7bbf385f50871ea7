import { drainingFile, mainFile } from './gateway-files.ts';
import type { GatewayEnd } from './gateway-lifecycle.ts';

/** @see gatewayScript */
export interface GatewayScriptProps {
  /** The folder of the configuration. */
  readonly folder: string;
  readonly end: GatewayEnd;
}

/**
 * The program of a gateway's pod: Nginx, and an end that nobody notices. Told to end, it goes on answering for a while in which each answer closes its connection, so
 * that clients and proxies go elsewhere while the cluster forgets the pod, and then lets Nginx finish what is under way. Nginx by itself would end at once when the
 * kubelet sends SIGTERM, and close idle connections as somebody uses them.
 */
export function gatewayScript({ folder, end }: GatewayScriptProps): string {
  return `\
#!/bin/sh
set -u
# The file outlives a container that is started anew in its pod.
rm -f ${drainingFile}
trap 'exit 0' TERM INT QUIT
# The names of the services are looked up now and never again. In a new system they may be there a moment later.
until nginx -e stderr -t -q -c ${folder}/${mainFile}; do sleep 1; done
nginx -e stderr -c ${folder}/${mainFile} &
nginx=$!
drain() {
  trap '' TERM INT QUIT
  touch ${drainingFile}
  sleep ${end.delay / 1_000}
  kill -QUIT "$nginx"
}
trap drain TERM INT QUIT
wait "$nginx"
status=$?
# A signal ends a wait, and Nginx is still there.
while kill -0 "$nginx" 2>/dev/null; do
  wait "$nginx"
  status=$?
done
exit "$status"
`;
}
