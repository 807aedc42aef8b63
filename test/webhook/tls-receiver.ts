/** A receiver behind real TLS, and the authority of its certificate, made for the test that uses them. */
import { createServer } from 'node:https';
import type { TLSSocket } from 'node:tls';
import { generate, type CertificateExtension } from 'selfsigned';

export interface Authority {
  readonly cert: string;
  readonly key: string;
}

export interface TlsReceiver {
  readonly port: number;
  /** The name that each request asked for before it was encrypted (SNI); false: none. */
  readonly askedFor: (string | false)[];
  close(): Promise<void>;
}

const HOUR_MS = 3_600_000;

function certify(name: string, extensions: CertificateExtension[], ca?: Authority) {
  return generate([{ name: 'commonName', value: name }], {
    keyType: 'ec',
    algorithm: 'sha256',
    notBeforeDate: new Date(Date.now() - HOUR_MS),
    notAfterDate: new Date(Date.now() + HOUR_MS),
    extensions,
    ...(ca && { ca }),
  });
}

export async function makeAuthority(): Promise<Authority> {
  const { cert, private: key } = await certify('an authority of a test', [
    { name: 'basicConstraints', cA: true, critical: true },
    { name: 'keyUsage', keyCertSign: true, cRLSign: true, critical: true },
  ]);
  return { cert, key };
}

/** @param names of the certificate: host names, or 127.0.0.1 */
export async function openTlsReceiver(
  names: readonly string[],
  ca: Authority,
): Promise<TlsReceiver> {
  const altNames = names.map((name) =>
    name === '127.0.0.1' ? { type: 7 as const, ip: name } : { type: 2 as const, value: name },
  );
  const { cert, private: key } = await certify(
    names[0]!,
    [
      { name: 'basicConstraints', cA: false },
      { name: 'keyUsage', digitalSignature: true },
      { name: 'extKeyUsage', serverAuth: true },
      { name: 'subjectAltName', altNames },
    ],
    ca,
  );
  const askedFor: (string | false)[] = [];
  const server = createServer({ cert, key }, (request, response) => {
    askedFor.push((request.socket as TLSSocket & { servername: string | false }).servername);
    request.resume();
    response.writeHead(204).end();
  });
  await new Promise<void>((resolve) => {
    server.listen(0, '127.0.0.1', resolve);
  });
  return {
    port: (server.address() as { port: number }).port,
    askedFor,
    close: async () => {
      server.closeAllConnections();
      await new Promise((resolve) => {
        server.close(resolve);
      });
    },
  };
}
