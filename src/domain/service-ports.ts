/**
 * Ports that stand for what is done over them.
 */

/** Ports over which machines are administered: SSH, telnet, RPC, SMB, RDP, VNC, WinRM. */
export const ADMINISTRATION_PORTS: ReadonlySet<number> = new Set([
  22, 23, 135, 139, 445, 3389, 5900, 5985, 5986,
]);
