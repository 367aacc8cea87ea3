/**
 * Failures that PAM reports for the service that asked it: `pam_unix(dovecot:auth): authentication failure; …`,
 * `(pam_unix) authentication failure; …` as older ones write it, or without a module where the program's tag
 * names it.
 */
import { failure, isHost, message, Witness, type LoginMessage, type Told } from './message.js';

const HEAD =
  /^(?:(pam_\w{1,32})\(([^():]{1,64})(?::\w{1,32})?\):? ?|\(pam_\w{1,32}\):? )?(?:(\d{1,5}) more )?authentication (failure|success)(?:es|s)?; ?/;
const REMOTE = ' rhost=';
const LOCAL = new Set(['su', 'su-l', 'sudo', 'sudo-i']);

/**
 * Reads a message of PAM.
 * @param program that wrote it, for messages that do not name the service
 */
export function readPam(text: string, program: string): Told {
  const head = HEAD.exec(text);
  if (!head) return undefined;
  const [all, unit, named, more, result] = head;
  // Without a module in the text the tag has to name it: other programs have words of their own.
  const module = unit ?? (text.startsWith('(') || program.includes('(pam_') ? 'pam_unix' : undefined);
  if (module === undefined) return undefined;
  const service = named ?? program.replace(/\(.*/, '');
  const said = who(` ${text.slice(all.length)}`, service);
  // What sshd asks PAM it reports itself as well, and another module may accept what this one does not.
  if (isSshd(service)) return message({ ...said, service: 'ssh' });
  if (result === 'success') return message({ ...said, service, witness: Witness.passed });
  const witness = module === 'pam_unix' ? Witness.module : Witness.backend;
  return failure({ ...said, service, witness, failures: Number(more ?? 1) });
}

/** Whether a program or service is sshd, or a part of it. */
export function isSshd(program: string): boolean {
  return /^(?:\S*\/)?sshd?\d?(?:-session|-auth)?(?:\(|$)/.test(program);
}

/** Who tried from where: at the host itself the one who asks, from elsewhere the one who is asked for. */
function who(fields: string, service: string): Pick<LoginMessage, 'user' | 'source'> {
  const { asking, source, asked } = split(fields);
  const login = /\blogname=(\S*)/.exec(fields)?.[1] ?? '';
  const user = LOCAL.has(service) ? asking || login || asked : asked || asking;
  return { user, source: isHost(source) ? source : '' };
}

interface Asked {
  readonly asking: string;
  readonly source: string;
  readonly asked: string;
}

/**
 * `ruser=A rhost=H  user=B`. A service may hand on as both names what a stranger typed, ` rhost=` included: of the
 * places that could be the true one it is that which leaves the same name on both sides; else the first where
 * nobody asks, and the last where nobody is asked for.
 */
function split(fields: string): Asked {
  const start = fields.indexOf(' ruser=');
  const from = start < 0 ? 0 : start + ' ruser='.length;
  const splits: Asked[] = [];
  for (let at = fields.indexOf(REMOTE, Math.max(0, from - 1)); at >= 0; at = fields.indexOf(REMOTE, at + 1)) {
    splits.push(splitAt(fields, from, at));
  }
  return (
    splits.find(({ asking, asked }) => asking !== '' && asking === asked) ??
    (splits[0]?.asking === '' ? splits[0] : splits.findLast(({ asked }) => asked === '')) ??
    splits[0] ?? { asking: '', source: '', asked: /\suser=(.*)$/.exec(fields)?.[1] ?? '' }
  );
}

function splitAt(fields: string, from: number, at: number): Asked {
  const behind = fields.slice(at + REMOTE.length);
  const blank = behind.indexOf(' ');
  const source = blank < 0 ? behind : behind.slice(0, blank);
  const rest = blank < 0 ? '' : behind.slice(blank).trimStart();
  return {
    asking: fields.slice(from, Math.max(from, at)),
    source,
    asked: rest.startsWith('user=') ? rest.slice('user='.length) : '',
  };
}
