import type { RouteResult } from '../../../../model/index.ts';
import type auth from '../../../auth/contract.ts';
import type posts from '../../../posts/contract.ts';
import type users from '../../../users/contract.ts';

export type Profile = RouteResult<typeof users.routes.profile>;
export type Person = RouteResult<typeof users.routes.search>['items'][number];
export type Post = RouteResult<typeof posts.routes.one>;
export type Author = Post['author'];
export type Medium = Post['media'][number];
export type Comment = RouteResult<typeof posts.routes.comment>;
export type Device = RouteResult<typeof auth.routes.sessions>['items'][number];
