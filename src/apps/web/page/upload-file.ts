import type { Answer } from './answer.ts';
import { ApiError } from './api-error.ts';

/** @see uploadFile */
export interface UploadProps {
  readonly method: string;
  readonly url: string;
  readonly body: Blob;
  /** Ends it, which throws the signal's reason. */
  readonly signal?: AbortSignal | undefined;
  /** Told how much has been sent, from 0 to 1. */
  readonly onProgress?: ((share: number) => void) | undefined;
}

/** Sends a file. By XMLHttpRequest, as fetch does not say how much has been sent. */
export function uploadFile({ method, url, body, signal, onProgress }: UploadProps): Promise<Answer> {
  return new Promise((resolve, reject) => {
    signal?.throwIfAborted();
    const request = new XMLHttpRequest();
    const abort = () => request.abort();
    signal?.addEventListener('abort', abort);
    request.addEventListener('loadend', () => signal?.removeEventListener('abort', abort));
    request.addEventListener('load', () => {
      const { status, responseText: text } = request;
      resolve({ status, text, retryAfter: request.getResponseHeader('retry-after') });
    });
    request.addEventListener('abort', () => reject(signal?.reason));
    request.addEventListener('error', () =>
      reject(new ApiError({ status: 0, code: 'offline', detail: 'The upload broke off; look at your connection' })),
    );
    if (onProgress) {
      request.upload.addEventListener('progress', ({ lengthComputable, loaded, total }) => {
        if (lengthComputable) onProgress(loaded / total);
      });
    }
    request.open(method, url);
    request.setRequestHeader('accept', 'application/json');
    request.setRequestHeader('content-type', body.type || 'application/octet-stream');
    request.send(body);
  });
}
