import media from '../../../media/contract.ts';
import { urlOf } from '../api.ts';

/** @param width pixels at most */
export function addressOfThumbnail(id: string, width: '320' | '1080'): string {
  return urlOf(media.routes.thumbnail, { params: { id }, query: { width } });
}

export function addressOfOriginal(id: string): string {
  return urlOf(media.routes.download, { params: { id } });
}
