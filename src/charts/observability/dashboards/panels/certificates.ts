import { certificatesLeft } from '../../measures/certificates.ts';
import type { Panel } from '../panel.ts';

/** How long the certificates of a system still last. */
export function certificates(namespace: string): Panel {
  return {
    name: 'certificates',
    title: 'Certificates end in',
    description:
      'How long each certificate still lasts. cert-manager renews it long before; where the line goes on falling it fails at that.',
    unit: 's',
    look: 'lines',
    queries: [{ show: certificatesLeft(namespace), as: '{{name}}' }],
  };
}
