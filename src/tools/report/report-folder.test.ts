import { expect, test } from 'vitest';
import { makeReportFolder } from './report-folder.ts';

test('a folder that cannot be made is told, where mkdir of Node would try for ever too', async () => {
  await expect(makeReportFolder('/proc/nothing/here', 'bird-soak', new Date(0))).rejects.toThrow(
    /^--out: got \/proc\/nothing\/here, where no folder can be made \(ENOENT\); allowed: a folder that may be written to; fix: name another$/,
  );
});
