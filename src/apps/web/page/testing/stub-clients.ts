import { ApiError } from '../api-error.ts';
import type { Clients } from '../state/clients.ts';
import type { Author, Post, Profile } from '../state/types.ts';

type Stubs = { readonly [Service in keyof Clients]?: Partial<Clients[Service]> };

/** Clients of which a test gives the operations that it is about; any other is an error. */
export function stubClients(stubs: Stubs): Clients {
  const service = (name: keyof Clients) =>
    new Proxy(stubs[name] ?? {}, {
      get: (given, operation) =>
        Reflect.get(given, operation) ??
        (() => Promise.reject(new Error(`${name}.${String(operation)} was called, which the test did not expect`))),
    });
  return {
    auth: service('auth'),
    users: service('users'),
    posts: service('posts'),
    media: service('media'),
    web: service('web'),
  } as Clients;
}

/** What a service answers while it has too much to do. */
export const overloaded = new ApiError({ status: 503, code: 'overloaded', detail: 'Too many requests at once' });

export const ann: Author = { id: 'ann-id', handle: 'ann', name: 'Ann', avatar: null };

export function post(changes: Partial<Post> = {}): Post {
  return {
    id: '1',
    author: ann,
    caption: '',
    media: [{ id: 'picture', type: 'image/png' }],
    createdAt: '2026-01-01T00:00:00.000Z',
    likes: 3,
    comments: 1,
    likedByMe: false,
    ...changes,
  };
}

export function profile(changes: Partial<Profile> = {}): Profile {
  return {
    id: 'bo-id',
    handle: 'bo',
    name: 'Bo',
    avatar: null,
    bio: '',
    followers: 5,
    following: 2,
    followedByMe: false,
    followsMe: true,
    blockedByMe: false,
    ...changes,
  };
}
