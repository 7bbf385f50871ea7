import { counter } from '../../model/index.ts';

const kind = ['image', 'video'] as const;

export default {
  uploads: counter({ name: 'media_uploads_total', help: 'Files that were uploaded, by kind.', labels: { kind } }),
  uploadedBytes: counter({
    name: 'media_uploaded_bytes_total',
    help: 'Bytes that were uploaded, by kind.',
    labels: { kind },
  }),
  rejections: counter({
    name: 'media_rejections_total',
    help: 'Uploads that were refused, by reason.',
    labels: { reason: ['type', 'too-large', 'broken', 'incomplete', 'pixels', 'busy'] },
  }),
  accountsRemoved: counter({
    name: 'media_accounts_removed_total',
    help: 'Deleted accounts of which no file is left here, whether or not they had one.',
  }),
};
