import { CONTESTANTS, type Contestant } from './contestants';
import { open } from './opened';

/** A process with a server and three stores open, which one of the contestants ends: `child.ts <contestant> <port of the stores>`. */
async function main(): Promise<void> {
  const [, , contestant, port] = process.argv;
  await CONTESTANTS[contestant as Contestant](await open(Number(port)));
  process.send?.('ready');
}

void main();
