/**
 * Ports that stand for what is done over them.
 */

/** Ports over which machines are administered: SSH, telnet, RPC, SMB, RDP, VNC, WinRM. */
export const ADMINISTRATION_PORTS: ReadonlySet<number> = new Set([
  22, 23, 135, 139, 445, 3389, 5900, 5985, 5986,
]);

/** Ports above 1023 that services are commonly reached at. */
const REGISTERED_PORTS: ReadonlySet<number> = new Set([
  1080, 1194, 1433, 1521, 1723, 1812, 1813, 1883, 2049, 2375, 2376, 3128, 3260, 3268, 3269, 3306, 3389, 4500,
  5060, 5061, 5222, 5353, 5355, 5432, 5601, 5671, 5672, 5900, 5985, 5986, 6379, 6443, 6514, 8000, 8080, 8443,
  8883, 9000, 9042, 9092, 9200, 9300, 10_250, 11_211, 27_017, 51_820,
]);
/** FTP opens connections for data from here. */
const FTP_DATA = 20;

/** How surely a port is one that a service is reached at, 0–2. */
export function serviceRank(port: number): number {
  if (port > 0 && port < 1024) return port === FTP_DATA ? 0 : 2;
  return REGISTERED_PORTS.has(port) ? 1 : 0;
}
