import auth from '../../../auth/contract.ts';
import media from '../../../media/contract.ts';
import posts from '../../../posts/contract.ts';
import users from '../../../users/contract.ts';
import web from '../../contract.ts';
import { client } from '../api.ts';

/** All that the page asks of the services. */
export type Clients = ReturnType<typeof createClients>;

export function createClients() {
  return { auth: client(auth), users: client(users), posts: client(posts), media: client(media), web: client(web) };
}
