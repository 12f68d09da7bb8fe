/** Runs what it is given, one after the other. */
export type Turns = <Result>(act: () => Promise<Result>) => Promise<Result>;

/**
 * Take turns with all tabs that use this name, or without one (or without Web Locks) within this object.
 * The next turn begins `pauseMs` after one is over.
 */
export function turns(name?: string, pauseMs = 0): Turns {
  const locks = globalThis.navigator?.locks;
  if (name !== undefined && locks) {
    return (act) =>
      new Promise((resolve, reject) => {
        const turn = async () => {
          await act().then(resolve, reject);
          await new Promise((over) => setTimeout(over, pauseMs));
        };
        locks.request(name, turn).catch(reject);
      });
  }
  let last: Promise<unknown> = Promise.resolve();
  return (act) => {
    const turn = last.then(act, act);
    last = turn;
    return turn;
  };
}
