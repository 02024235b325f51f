// What both peers share: the integration of the cast, and pools of refresh tokens for the load.
import fs from 'node:fs';

export const client = {
  id: 'warehouse-export',
  secret: process.env.BENCH_SECRET,
  redirectUri: 'https://integration.example/callback',
};
export const port = Number(process.env.BENCH_PORT);
export const DAY = 24 * 3600;

/** Make pools of tokens, a new one by each call of `make`, and write them where the load finds them. */
export async function writePools(make) {
  const [pools, size] = [Number(process.env.BENCH_POOLS), Number(process.env.BENCH_POOL_SIZE)];
  const made = [];
  for (let pool = 0; pool < pools; pool += 1) {
    const tokens = [];
    for (let place = 0; place < size; place += 1) tokens.push(await make(pool * size + place));
    made.push(tokens);
  }
  fs.writeFileSync(process.env.BENCH_POOL_FILE, JSON.stringify(made));
}
