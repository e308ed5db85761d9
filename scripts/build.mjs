import { build, main, setUp } from './setup.mjs';

await main(async () => {
  await setUp({ withBuild: false });
  await build();
});
