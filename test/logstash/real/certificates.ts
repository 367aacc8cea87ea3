/** Certificates of one run, made by openssl (3.0 or newer) on the spot. */
import { execFileSync } from 'node:child_process';
import { join } from 'node:path';

/** Files in PEM. */
export interface Identity {
  readonly certificate: string;
  readonly key: string;
}

/** Who there is in one run. */
export interface Certificates {
  /** The certificate of whoever signed those of the server and the client. */
  readonly authority: string;
  /** For 127.0.0.1. */
  readonly server: Identity;
  readonly client: Identity;
  /** For 127.0.0.1 as well, but signed by another. */
  readonly stranger: Identity;
}

/** Makes them in a folder. */
export function makeCertificates(folder: string): Certificates {
  const [authority, other] = [signer(folder, 'authority'), signer(folder, 'other')];
  return {
    authority: authority.certificate,
    server: signed(folder, 'server', authority),
    client: signed(folder, 'client', authority),
    stranger: signed(folder, 'stranger', other),
  };
}

function signer(folder: string, name: string): Identity {
  return certify(folder, name, ['-addext', 'keyUsage=critical,keyCertSign']);
}

function signed(folder: string, name: string, by: Identity): Identity {
  const extensions = ['subjectAltName=IP:127.0.0.1', 'basicConstraints=critical,CA:FALSE'];
  const wanted = extensions.flatMap((extension) => ['-addext', extension]);
  return certify(folder, name, ['-CA', by.certificate, '-CAkey', by.key, ...wanted]);
}

function certify(folder: string, name: string, more: readonly string[]): Identity {
  const [certificate, key] = [join(folder, `${name}.crt`), join(folder, `${name}.key`)];
  const fresh = ['-x509', '-newkey', 'rsa:2048', '-nodes', '-days', '2', '-subj', `/CN=${name}`];
  execFileSync('openssl', ['req', ...fresh, ...more, '-keyout', key, '-out', certificate], { stdio: 'pipe' });
  return { certificate, key };
}
