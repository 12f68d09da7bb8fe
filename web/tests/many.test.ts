import { UsersError } from "users-service-client";
import { describe, expect, test, vi } from "vitest";

import { actOnEach, type Progress } from "../src/console/acts/many.js";

const refused = (status: number, headers: Record<string, string> = {}) =>
  new UsersError(new Response("{}", { status, headers }), {});

function running(act: (item: string) => Promise<unknown>, signal = new AbortController().signal) {
  const told: Progress<string>[] = [];
  const pause = vi.fn(async () => undefined);
  return { told, pause, options: { act, signal, pause, report: (progress: Progress<string>) => void told.push(progress) } };
}

describe("actOnEach", () => {
  test("tells after each how far it is", async () => {
    const { told, options } = running(async () => undefined);

    await actOnEach(["a", "b"], options);

    expect(told.map(({ done }) => done)).toEqual([1, 2]);
  });

  test("goes on after a refusal, and tells whose it was", async () => {
    const refusal = refused(403);
    const { options } = running((item) => (item === "a" ? Promise.reject(refusal) : Promise.resolve()));

    const progress = await actOnEach(["a", "b"], options);

    expect(progress).toEqual({ done: 1, refused: [{ item: "a", error: refusal }] });
  });

  test("comes back when the service says, and tells that it waits", async () => {
    const act = vi.fn().mockRejectedValueOnce(refused(429, { "Retry-After": "7" })).mockResolvedValue(undefined);
    const { told, pause, options } = running(act);

    const progress = await actOnEach(["a"], options);

    expect(pause).toHaveBeenCalledExactlyOnceWith(7);
    expect(told[0]).toEqual({ done: 0, refused: [], waitSeconds: 7 });
    expect(progress).toEqual({ done: 1, refused: [] });
  });

  test("does not wait for ever", async () => {
    const { pause, options } = running(() => Promise.reject(refused(503, { "Retry-After": "1" })));

    const progress = await actOnEach(["a"], options);

    expect(pause).toHaveBeenCalledTimes(5);
    expect(progress.refused).toHaveLength(1);
  });

  test("begins no other once it was stopped", async () => {
    const stopping = new AbortController();
    const act = vi.fn(async () => stopping.abort());
    const { options } = running(act, stopping.signal);

    await actOnEach(["a", "b"], options);

    expect(act).toHaveBeenCalledExactlyOnceWith("a");
  });

  test("ends with the session", async () => {
    const act = vi.fn(() => Promise.reject(refused(401)));
    const { options } = running(act);

    await actOnEach(["a", "b"], options);

    expect(act).toHaveBeenCalledOnce();
  });
});
