import { type CommandParser, defineScript } from 'redis';

/** A script of one key: all that it touches is handed over as KEYS, so that a user's limits hold for it. */
function script<Args extends readonly (string | number)[]>(lua: string) {
  return {
    SCRIPT: lua,
    NUMBER_OF_KEYS: 1,
    parseCommand(parser: CommandParser, key: string, ...args: Args) {
      parser.pushKey(key);
      parser.push(...args.map(String));
    },
  };
}

/** What must be one step for all others, and what must not end without a time to live when the client dies in between. */
export const redisScripts = {
  replaceText: defineScript({
    ...script<[expected: string, value: string, lifetime: number]>(`
      if redis.call('GET', KEYS[1]) ~= ARGV[1] then return 0 end
      redis.call('SET', KEYS[1], ARGV[2], 'PX', ARGV[3])
      return 1`),
    transformReply: (reply: number) => reply === 1,
  }),
  raise: defineScript({
    ...script<[lifetime: number]>(`
      local count = redis.call('INCR', KEYS[1])
      if redis.call('PTTL', KEYS[1]) < 0 then redis.call('PEXPIRE', KEYS[1], ARGV[1]) end
      return { count, redis.call('PTTL', KEYS[1]) }`),
    transformReply: ([count, resetsIn]: [number, number]) => ({ count, resetsIn }),
  }),
  addMember: defineScript({
    ...script<[member: string, lifetime: number]>(`
      redis.call('SADD', KEYS[1], ARGV[1])
      if redis.call('PTTL', KEYS[1]) < tonumber(ARGV[2]) then redis.call('PEXPIRE', KEYS[1], ARGV[2]) end
      return 1`),
    transformReply: () => undefined,
  }),
};
