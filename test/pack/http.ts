import http from 'node:http';
import https from 'node:https';

export interface Answer {
  status: number;
  headers: http.IncomingHttpHeaders;
  text: string;
}

export interface Options {
  method?: string;
  /** "user:password" for basic authentication, or "Bearer token". */
  auth?: string;
  json?: unknown;
  form?: Record<string, string>;
  cookie?: string;
  /** PEM of the certificate to trust. */
  ca?: string;
}

/** One request on a connection of its own; redirects are not followed. */
export function call(url: string, options: Options = {}): Promise<Answer> {
  const headers: Record<string, string> = { connection: 'close' };
  let body = '';
  if (options.auth !== undefined) {
    const bearer = options.auth.startsWith('Bearer ');
    headers.authorization = bearer ? options.auth : `Basic ${Buffer.from(options.auth).toString('base64')}`;
  }
  if (options.cookie !== undefined) headers.cookie = options.cookie;
  if (options.json !== undefined) {
    headers['content-type'] = 'application/json';
    body = JSON.stringify(options.json);
  }
  if (options.form !== undefined) {
    headers['content-type'] = 'application/x-www-form-urlencoded';
    body = new URLSearchParams(options.form).toString();
  }
  headers['content-length'] = String(Buffer.byteLength(body));
  const request = { method: options.method ?? (body === '' ? 'GET' : 'POST'), headers, timeout: 20_000 };
  return new Promise((resolve, reject) => {
    const onResponse = (response: http.IncomingMessage) => {
      const chunks: Buffer[] = [];
      response.on('data', (chunk: Buffer) => chunks.push(chunk));
      response.on('error', reject);
      response.on('end', () => {
        resolve({ status: response.statusCode ?? 0, headers: response.headers, text: Buffer.concat(chunks).toString() });
      });
    };
    const sent = url.startsWith('https:')
      ? https.request(url, { ...request, ca: options.ca, agent: false }, onResponse)
      : http.request(url, { ...request, agent: false }, onResponse);
    sent.on('timeout', () => sent.destroy(new Error(`timeout: ${url}`)));
    sent.on('error', reject);
    sent.end(body);
  });
}
