import bird from '../apps/bird/service.ts';
import birdImage from '../apps/bird-image/service.ts';
import { defineSystem } from '../model/index.ts';

export default defineSystem({
  name: 'bird',
  services: [bird, birdImage],
  entrances: [
    { host: 'bird', services: [bird], nodePort: 32493 },
    { host: 'bird-image', services: [birdImage], nodePort: 31708 },
  ],
});
