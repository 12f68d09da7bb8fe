/** Where text is kept under a name: `localStorage` and `sessionStorage` do, and so does much else. */
export interface Storage {
  getItem(name: string): string | null | Promise<string | null>;
  setItem(name: string, value: string): unknown;
  removeItem(name: string): unknown;
}

/** What makes a log-in one from a known device, as a member of its body. */
export interface Device {
  device_token?: string;
}

interface Pair {
  access_token: string;
  refresh_token: string;
}

const PAIR = "users.tokens";
const DEVICE = "users.device_token";

/** Return a storage that lasts as long as the object. */
export function memory(): Storage {
  const kept = new Map<string, string>();
  return {
    getItem: (name) => kept.get(name) ?? null,
    setItem: (name, value) => kept.set(name, value),
    removeItem: (name) => kept.delete(name),
  };
}

/** The tokens of one person, read anew each time, because another tab may have replaced them. */
export class Tokens {
  readonly #storage: Storage;

  constructor(storage: Storage) {
    this.#storage = storage;
  }

  async pair(): Promise<Pair | undefined> {
    const text = await this.#storage.getItem(PAIR);
    return text === null ? undefined : (JSON.parse(text) as Pair);
  }

  async access(): Promise<string | undefined> {
    return (await this.pair())?.access_token;
  }

  async device(): Promise<Device> {
    const device_token = await this.#storage.getItem(DEVICE);
    return device_token === null ? {} : { device_token };
  }

  /** Keep what a log-in or a refresh answered, which is nothing in cookie mode. */
  async keep({ access_token, refresh_token, device_token }: Partial<Pair> & Device): Promise<void> {
    if (access_token && refresh_token) await this.#storage.setItem(PAIR, JSON.stringify({ access_token, refresh_token }));
    if (device_token) await this.#storage.setItem(DEVICE, device_token);
  }

  /** Forget the session; the device stays known. */
  async drop(): Promise<void> {
    await this.#storage.removeItem(PAIR);
  }
}
