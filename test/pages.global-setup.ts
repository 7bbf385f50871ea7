import { execa } from 'execa';

/** Builds the pages, as a service with a page starts with what was built. In a process of its own, which runs the code as `npm run dev` does. */
export default async function setup(): Promise<void> {
  await execa(process.execPath, ['src/tools/build-page.ts'], { stdout: 'inherit', stderr: 'inherit' });
}
