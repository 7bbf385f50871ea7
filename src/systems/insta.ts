import auth from '../apps/auth/service.ts';
import media from '../apps/media/service.ts';
import posts from '../apps/posts/service.ts';
import users from '../apps/users/service.ts';
import web from '../apps/web/service.ts';
import { defineSystem } from '../model/index.ts';

export default defineSystem({
  name: 'insta',
  services: [auth, users, posts, media, web],
  entrances: [{ host: 'insta', services: [auth, users, posts, media, web], nodePort: 30_080 }],
});
