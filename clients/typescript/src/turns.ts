/** Runs what it is given, one after the other. */
export type Turns = <Result>(act: () => Promise<Result>) => Promise<Result>;

/** Take turns with all tabs that use this name; without Web Locks, or a name, within this object. */
export function turns(name?: string): Turns {
  const locks = globalThis.navigator?.locks;
  if (name !== undefined && locks) return (act) => locks.request(name, act) as ReturnType<typeof act>;
  let last: Promise<unknown> = Promise.resolve();
  return (act) => {
    const turn = last.then(act, act);
    last = turn;
    return turn;
  };
}
