import net from 'node:net';

const BASE = [9443, 9763, 8243, 8280, 5672, 9611, 9711, 9099, 8099];

/** Two port offsets with which every port of two nodes is free. They stay below the range of ephemeral ports. */
export async function twoOffsets(): Promise<[number, number]> {
  for (let attempt = 0; attempt < 50; attempt++) {
    const first = 2000 + Math.floor(Math.random() * 20_000);
    const second = first + 7;
    const wanted = [...BASE.map((port) => port + first), ...BASE.map((port) => port + second)];
    if ((await Promise.all(wanted.map(isFree))).every(Boolean)) return [first, second];
  }
  throw new Error('no free ports');
}

export async function freePort(): Promise<number> {
  const server = net.createServer();
  await new Promise<void>((resolve) => server.listen(0, '127.0.0.1', resolve));
  const { port } = server.address() as net.AddressInfo;
  await new Promise((resolve) => server.close(resolve));
  return port;
}

function isFree(port: number): Promise<boolean> {
  return new Promise((resolve) => {
    const server = net.createServer();
    server.once('error', () => resolve(false));
    server.listen(port, '0.0.0.0', () => server.close(() => resolve(true)));
  });
}
