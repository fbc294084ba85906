import { execFileSync } from 'node:child_process';
import { lchownSync, lstatSync, readdirSync, readFileSync, statSync } from 'node:fs';
import path from 'node:path';

/** The user a server runs as when root started the stack. */
export interface ServerAccount {
  readonly name: string;
  readonly uid: number;
  readonly gid: number;
}

const PREFERRED = ['postgres', 'nobody'];

/** The account for a server that refuses root: undefined when this process is not root and needs none. */
export function serverAccount(isRoot: boolean): ServerAccount | undefined {
  if (!isRoot) return undefined;
  return pickAccount(process.platform === 'darwin' ? '' : readFileSync('/etc/passwd', 'utf8')) ?? idOfNobody();
}

export function pickAccount(passwd: string): ServerAccount | undefined {
  const accounts = passwd.split('\n').map((line) => line.split(':'));
  for (const name of PREFERRED) {
    const fields = accounts.find(([account]) => account === name);
    if (fields !== undefined) return { name, uid: Number(fields[2]), gid: Number(fields[3]) };
  }
  return undefined;
}

function idOfNobody(): ServerAccount {
  const id = (flag: string) => Number(execFileSync('id', [flag, 'nobody'], { encoding: 'utf8' }));
  return { name: 'nobody', uid: id('-u'), gid: id('-g') };
}

/** Whether the account may walk through `folder` and all of its parents. */
export function canReach(account: ServerAccount, folder: string): boolean {
  const { uid, gid, mode } = statSync(folder);
  const bit = uid === account.uid ? 0o100 : gid === account.gid ? 0o010 : 0o001;
  if ((mode & bit) === 0) return false;
  const parent = path.dirname(folder);
  return parent === folder || canReach(account, parent);
}

/** Gives a file, or a folder with all that is in it, to the account. */
export function giveTo(account: ServerAccount, file: string): void {
  lchownSync(file, account.uid, account.gid);
  if (!lstatSync(file).isDirectory()) return;
  for (const entry of readdirSync(file)) giveTo(account, path.join(file, entry));
}
