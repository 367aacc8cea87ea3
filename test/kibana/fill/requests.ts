/**
 * Requests that change what is in a cluster.
 */

/** Actions of one request. */
const BATCH = 5_000;

/** Writes actions, each with its document where it has one, and fails where one was refused. */
export async function bulk(url: string, actions: readonly (readonly object[])[]): Promise<void> {
  for (let from = 0; from < actions.length; from += BATCH) {
    const lines = actions.slice(from, from + BATCH).flat();
    const answer = await post(
      url,
      '_bulk?refresh=true',
      lines.map((line) => `${JSON.stringify(line)}\n`).join(''),
    );
    const { errors, items } = JSON.parse(answer) as {
      errors: boolean;
      items: Record<string, { error?: object }>[];
    };
    const refused = items.find((item) => Object.values(item)[0]?.error !== undefined);
    if (errors) throw new Error(`not all was written: ${JSON.stringify(refused)}`);
  }
}

/** Posts something, and tells the answer. */
export function post(url: string, path: string, body: string): Promise<string> {
  return ask(url, 'POST', path, body);
}

/** Puts something. */
export async function put(url: string, path: string, body: object): Promise<void> {
  await ask(url, 'PUT', path, JSON.stringify(body));
}

async function ask(url: string, method: string, path: string, body: string): Promise<string> {
  const headers = { 'content-type': 'application/json' };
  const response = await fetch(`${url}/${path}`, { method, headers, body });
  const text = await response.text();
  if (!response.ok) throw new Error(`${path}: ${String(response.status)} ${text}`);
  return text;
}
