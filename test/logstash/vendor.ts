import { readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';

/** A vendor's sample: what is sent in, and the ECS document that Elastic's own integration makes of it. */
export interface Sample {
  /** Unique, "fortinet_fortigate/test-fortinet.log#3". */
  readonly id: string;
  readonly source: string;
  /** A line, or an event that a shipper has taken apart. */
  readonly input: string | Record<string, unknown>;
  readonly expected: Record<string, unknown>;
}

/** The samples' folder => the source that reads them. Several folders of Zeek are one source. */
const FOLDERS: Readonly<Record<string, string>> = {
  suricata_eve: 'suricata',
  linux_auth: 'linux_auth',
  fortinet_fortigate: 'fortigate',
  panw_panos: 'panos',
  cisco_asa: 'cisco_asa',
  pfsense: 'pfsense',
  windows_security: 'windows',
  iptables: 'iptables',
  checkpoint: 'checkpoint',
  juniper_srx: 'juniper_srx',
  sophos_xg: 'sophos_xg',
  snort: 'snort',
  netflow: 'netflow',
  aws_vpcflow: 'aws_vpcflow',
  okta_system: 'okta',
  zscaler_zia: 'zscaler',
  darktrace_model_breach: 'darktrace',
  darktrace_system_status: 'darktrace',
  cylance_protect: 'cylance',
  vectra_detect: 'vectra',
};

/** Reads every sample under a folder such as `../shared/data/vendor`; events that Elastic drops are left out. */
export function readSamples(root: string): Sample[] {
  return readdirSync(root)
    .sort()
    .flatMap((folder) => {
      const source = folder.startsWith('zeek_') ? 'zeek' : FOLDERS[folder];
      return source === undefined ? [] : readFolder(root, folder, source);
    });
}

function readFolder(root: string, folder: string, source: string): Sample[] {
  const files = readdirSync(join(root, folder)).filter((name) => !name.endsWith('-expected.json'));
  return files.sort().flatMap((name) => {
    const text = readFileSync(join(root, folder, name), 'utf8');
    const inputs = name.endsWith('.json')
      ? (JSON.parse(text) as { events: Record<string, unknown>[] }).events
      : text.split(/\r?\n/).filter((line) => line.trim() !== '');
    const document: unknown = JSON.parse(readFileSync(join(root, folder, `${name}-expected.json`), 'utf8'));
    const expected = (
      Array.isArray(document) ? document : (document as { expected: unknown[] }).expected
    ) as unknown[];
    if (expected.length !== inputs.length)
      throw new Error(
        `${folder}/${name}: ${String(inputs.length)} inputs, ${String(expected.length)} expected`,
      );
    return inputs.flatMap((input, index) =>
      expected[index] === null
        ? []
        : [
            {
              id: `${folder}/${name}#${String(index)}`,
              source,
              input,
              expected: expected[index] as Record<string, unknown>,
            },
          ],
    );
  });
}
